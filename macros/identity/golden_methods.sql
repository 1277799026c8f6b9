{# How a golden value may be chosen: name → a score, the higher the better. #}
{% macro golden_methods() %}
    {{- return({
        "source_priority": "cast(-source_rank as double)",
        "most_recent": "cast(" ~ epoch_seconds("coalesce(observed_at, timestamp '1900-01-01')") ~ " as double)",
        "most_frequent": "cast(value_count as double)",
        "longest": "cast(length(attribute_value) as double)",
        "verified_first": "cast(is_verified as double)",
    }) -}}
{% endmacro %}

{# The score that the method named in a column gives. #}
{% macro golden_score(method) %}
    {%- set cases = [] -%}
    {%- for name, score in golden_methods().items() -%}
        {%- do cases.append("when '" ~ name ~ "' then " ~ score) -%}
    {%- endfor -%}
    {{- return("case " ~ method ~ " " ~ cases | join(" ") ~ " end") -}}
{% endmacro %}

{# Rows of seed golden_rules; a mistake ends the build with one line that names the row. #}
{% macro checked_golden_rules(source, attributes) %}
    {%- set row = "'seed golden_rules, row ' || coalesce(attribute, '(empty)') || ': " -%}
    {%- set methods = golden_methods().keys() | list -%}
    select
        case
            when attribute is null or attribute not in ('{{ attributes | join("', '") }}')
                then {{ stop_build(row ~ "unknown attribute; known are: " ~ attributes | join(", ") ~ "'") }}
            when count(*) over (partition by attribute) > 1
                then {{ stop_build(row ~ "the attribute stands there twice'") }}
            {% for place in ["first_by", "then_by", "last_by"] -%}
            when {{ place }} is null or {{ place }} not in ('{{ methods | join("', '") }}')
                then {{ stop_build(row ~ place ~ " must be one of: " ~ methods | join(", ") ~ "'") }}
            {% endfor -%}
            else attribute
        end as attribute,
        first_by,
        then_by,
        last_by
    from {{ source }}
{% endmacro %}
