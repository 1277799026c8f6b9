{# Spark takes a flag instead of ignore nulls. #}
{% macro last_known(expression) %}
    {{- return(adapter.dispatch('last_known', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__last_known(expression) %}
    {{- return("last_value(" ~ expression ~ " ignore nulls)") -}}
{% endmacro %}

{% macro spark__last_known(expression) %}
    {{- return("last_value(" ~ expression ~ ", true)") -}}
{% endmacro %}
