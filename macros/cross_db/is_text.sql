{# The engines name the type differently. #}
{% macro is_text(expression) %}
    {{- return(adapter.dispatch('is_text', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__is_text(expression) %}
    {{- return("typeof(" ~ expression ~ ") = 'VARCHAR'") -}}
{% endmacro %}

{% macro spark__is_text(expression) %}
    {{- return("typeof(" ~ expression ~ ") = 'string'") -}}
{% endmacro %}
