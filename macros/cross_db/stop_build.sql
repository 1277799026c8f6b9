{# An expression that ends the query with a message when it is evaluated; the engines name it differently. #}
{% macro stop_build(message_expression) %}
    {{- return(adapter.dispatch('stop_build', 'one360')(message_expression)) -}}
{% endmacro %}

{% macro default__stop_build(message_expression) %}
    {{- return("error(" ~ message_expression ~ ")") -}}
{% endmacro %}

{% macro spark__stop_build(message_expression) %}
    {{- return("raise_error(" ~ message_expression ~ ")") -}}
{% endmacro %}
