{# Spark wants within group. #}
{% macro string_list(expression, separator, order_by) %}
    {{- return(adapter.dispatch('string_list', 'one360')(expression, separator, order_by)) -}}
{% endmacro %}

{% macro default__string_list(expression, separator, order_by) %}
    {{- return("string_agg(" ~ expression ~ ", '" ~ separator ~ "' order by " ~ order_by ~ ")") -}}
{% endmacro %}

{% macro spark__string_list(expression, separator, order_by) %}
    {{- return("listagg(" ~ expression ~ ", '" ~ separator ~ "') within group (order by " ~ order_by ~ ")") -}}
{% endmacro %}
