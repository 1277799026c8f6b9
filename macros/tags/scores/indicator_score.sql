{#
    A weighted score of 0..1 from indicators of one row. `indicators` is a list of {code, kind}:
      log            a count, duration or amount in column <code>, scaled by scaled_log
      root           the same, scaled by scaled_root
      recency        days in column <code>_days (NULL = never), scaled by scaled_recency
      share          a value of 0..1 in column <code>, taken as it is
      varying_share  the same; takes no part where it is equal for all
    An indicator that no customer has (no web shop, no searches) takes no part: its weight goes
    to the others in proportion, so that the score keeps its range.
#}

{# The parameters of such a score: <code>_cap where scales end (`part` cap), <code>_weight. #}
{% macro indicator_codes(indicators, part) %}
    {%- set codes = [] -%}
    {%- for indicator in indicators if part != "cap" or indicator.kind in ("log", "root") -%}
        {%- do codes.append(indicator.code ~ "_" ~ part) -%}
    {%- endfor -%}
    {{ return(codes) }}
{% endmacro %}

{#
    One row with a column for each of them, fitted to `source`; 0 is the weight of an indicator
    that takes no part. `weights` has rows of indicator_code, weight.
#}
{% macro indicator_scale(source, weights, indicators) %}
    select
        {% for indicator in indicators -%}
        {% set code = indicator.code -%}
        {% if indicator.kind in ("log", "root") -%}
        {{ scale_cap(code) }} as {{ code }}_cap,
        {% endif -%}
        case
            {% if indicator.kind == "recency" -%}
            when count({{ code }}_days) > 0
            {%- elif indicator.kind == "varying_share" -%}
            when min({{ code }}) < max({{ code }})
            {%- else -%}
            when max({{ code }}) > 0
            {%- endif %}
                then coalesce(max(weights.{{ code }}_weight), 0)
            else 0
        end as {{ code }}_weight{{ "," if not loop.last }}
        {% endfor -%}
    from {{ source }}
    cross join (
        select
            {% for indicator in indicators -%}
            sum(case when indicator_code = '{{ indicator.code }}' then weight end)
                as {{ indicator.code }}_weight{{ "," if not loop.last }}
            {% endfor -%}
        from {{ weights }}
    ) as weights
{% endmacro %}

{% macro indicator_score(source, indicators, window_days) %}
    (
        {% for indicator in indicators -%}
        {% set column = source ~ "." ~ indicator.code -%}
        scale.{{ indicator.code }}_weight
        {% if indicator.kind == "log" -%}
        * {{ scaled_log(column, "scale." ~ indicator.code ~ "_cap") }}
        {%- elif indicator.kind == "root" -%}
        * {{ scaled_root(column, "scale." ~ indicator.code ~ "_cap") }}
        {%- elif indicator.kind == "recency" -%}
        * {{ scaled_recency(column ~ "_days", window_days) }}
        {%- else -%}
        * coalesce({{ column }}, 0)
        {%- endif %}
        {{ "+" if not loop.last }}
        {% endfor %}
    ) / nullif(
        {% for indicator in indicators -%}
        scale.{{ indicator.code }}_weight
        {{ "+" if not loop.last }}
        {% endfor %}, 0
    )
{%- endmacro %}
