{% macro level_ranges(source) %}
    select
        level_code,
        name_en,
        name_zh,
        score_from,
        lead(score_from) over (order by score_from) as score_below
    from {{ source }}
{% endmacro %}
