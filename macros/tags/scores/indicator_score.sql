{#
    A weighted score of 0..1 from indicators of one row, in three steps that models put in
    CTEs of their own. `indicators` is a list of {code, kind}:
      log      a count, duration or amount in column <code>, scaled by scaled_log
      root     the same, scaled by scaled_root
      recency  days in column <code>_days (NULL = never), scaled by scaled_recency
      share    a value of 0..1 in column <code>, taken as it is
    An indicator that nobody has (no web shop, no searches) takes no part: its weight goes
    to the others in proportion, so that the score keeps its range.
#}

{# One row: where each log scale ends and whether anybody has the indicator (<code>_used). #}
{% macro indicator_caps(source, indicators) %}
    select
        {% for indicator in indicators -%}
        {% if indicator.kind in ("log", "root") -%}
        {{ scale_cap(indicator.code) }} as {{ indicator.code }}_cap,
        max(case when {{ indicator.code }} > 0 then 1 else 0 end) as {{ indicator.code }}_used
        {%- elif indicator.kind == "recency" -%}
        max(case when {{ indicator.code }}_days is not null then 1 else 0 end)
            as {{ indicator.code }}_used
        {%- else -%}
        max(case when {{ indicator.code }} > 0 then 1 else 0 end) as {{ indicator.code }}_used
        {%- endif %}{{ "," if not loop.last }}
        {% endfor -%}
    from {{ source }}
{% endmacro %}

{# One row: the weight of each indicator as <code>_weight, from rows of indicator_code, weight. #}
{% macro indicator_weights(source, indicators) %}
    select
        {% for indicator in indicators -%}
        coalesce(sum(case when indicator_code = '{{ indicator.code }}' then weight end), 0)
            as {{ indicator.code }}_weight{{ "," if not loop.last }}
        {% endfor -%}
    from {{ source }}
{% endmacro %}

{# The score of a row of `source`, with the CTEs `caps` and `weights` joined to it. #}
{% macro indicator_score(source, indicators, window_days) %}
    (
        {% for indicator in indicators -%}
        {% set column = source ~ "." ~ indicator.code -%}
        weights.{{ indicator.code }}_weight * caps.{{ indicator.code }}_used
        {% if indicator.kind == "log" -%}
        * {{ scaled_log(column, "caps." ~ indicator.code ~ "_cap") }}
        {%- elif indicator.kind == "root" -%}
        * {{ scaled_root(column, "caps." ~ indicator.code ~ "_cap") }}
        {%- elif indicator.kind == "recency" -%}
        * {{ scaled_recency(column ~ "_days", window_days) }}
        {%- else -%}
        * coalesce({{ column }}, 0)
        {%- endif %}
        {{ "+" if not loop.last }}
        {% endfor %}
    ) / nullif(
        {% for indicator in indicators -%}
        weights.{{ indicator.code }}_weight * caps.{{ indicator.code }}_used
        {{ "+" if not loop.last }}
        {% endfor %}, 0
    )
{%- endmacro %}
