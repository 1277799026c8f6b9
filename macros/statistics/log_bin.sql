{#
    A bin ends 12 % above its beginning; integers up to 9 have bins of their own; beyond 10^15 all
    is one bin.
#}
{% macro log_bin(value) -%}
    {%- set size = "least(abs(cast(" ~ value ~ " as double)), 1e15)" -%}
    case
        when {{ value }} is null then null
        when {{ size }} < 1e-6 then 0
        else cast(
            case when {{ value }} < 0 then -1 else 1 end
            * (1 + floor(20 * (log10(greatest({{ size }}, 1e-6)) + 6) + 1e-9))
            as integer
        )
    end
{%- endmacro %}
