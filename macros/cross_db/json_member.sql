{# The engines build JSON differently. #}
{% macro json_member(name, expression, type) %}
    {{- return(adapter.dispatch('json_member', 'one360')(name, expression, type)) -}}
{% endmacro %}

{# DuckDB's JSON drops digits of some decimals, so they are written as they are. #}
{% macro default__json_member(name, expression, type) %}
    {%- set value = expression if type.startswith("decimal") else "to_json(" ~ expression ~ ")" -%}
    {{- return("'\"" ~ name ~ "\":' || coalesce(cast(" ~ value ~ " as string), 'null')") -}}
{% endmacro %}

{# Spark writes whole objects only; without its two braces one is a member. #}
{% macro spark__json_member(name, expression, type) %}
    {%- set object = "to_json(named_struct('" ~ name ~ "', " ~ expression ~ "), map('ignoreNullFields', 'false'))" -%}
    {{- return("substr(" ~ object ~ ", 2, length(" ~ object ~ ") - 2)") -}}
{% endmacro %}
