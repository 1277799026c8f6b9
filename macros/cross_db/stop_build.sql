{# DuckDB has error, Spark raise_error. #}
{% macro stop_build(message_expression) %}
    {{- return(adapter.dispatch('stop_build', 'one360')(message_expression)) -}}
{% endmacro %}

{% macro default__stop_build(message_expression) %}
    {{- return("error(" ~ message_expression ~ ")") -}}
{% endmacro %}

{% macro spark__stop_build(message_expression) %}
    {{- return("raise_error(" ~ message_expression ~ ")") -}}
{% endmacro %}
