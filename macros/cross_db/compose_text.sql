{# Spark has no such function. #}
{% macro compose_text(expression) %}
    {{- return(adapter.dispatch('compose_text', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__compose_text(expression) %}
    {{- return("nfc_normalize(" ~ expression ~ ")") -}}
{% endmacro %}

{% macro spark__compose_text(expression) %}
    {{- return(expression) -}}
{% endmacro %}
