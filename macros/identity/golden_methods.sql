{% macro golden_methods() %}
    {{- return({
        "source_priority": "cast(-source_rank as double)",
        "most_recent": "cast(" ~ epoch_seconds("coalesce(observed_at, timestamp '1900-01-01')") ~ " as double)",
        "most_frequent": "cast(value_count as double)",
        "longest": "cast(length(attribute_value) as double)",
        "verified_first": "cast(is_verified as double)",
    }) -}}
{% endmacro %}

{% macro golden_score(method) %}
    {%- set cases = [] -%}
    {%- for name, score in golden_methods().items() -%}
        {%- do cases.append("when '" ~ name ~ "' then " ~ score) -%}
    {%- endfor -%}
    {{- return("case " ~ method ~ " " ~ cases | join(" ") ~ " end") -}}
{% endmacro %}
