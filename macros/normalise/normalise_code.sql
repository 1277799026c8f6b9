{# A status, a channel, a kind: as an id, in lower case. #}
{% macro normalise_code(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {{- return(
        "case when " ~ regex_full_match(value, "[a-z]+_[a-z0-9_]+") ~ " then " ~ value
        ~ " when " ~ regex_full_match(value, "[a-z]+") ~ " then " ~ without_placeholder(value)
        ~ " when " ~ value ~ " is not null then lower("
        ~ without_placeholder(squeeze_text(value)) ~ ") end"
    ) -}}
{% endmacro %}
