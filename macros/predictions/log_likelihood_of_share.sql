{# Of a share that fits best: so many of n. Nothing or all of them cannot be likelier. #}
{% macro log_likelihood_of_share(some, n) %}
    (
        case
            when {{ some }} > 0 and {{ some }} < {{ n }}
                then
                    {{ some }} * ln({{ some }} / cast({{ n }} as double))
                    + ({{ n }} - {{ some }}) * ln(1 - {{ some }} / cast({{ n }} as double))
            else 0
        end
    )
{%- endmacro %}
