{# SHA-256 of a text, unsalted, as platforms and providers of data exchange it. #}
{% macro sha256_hex(expression) %}
    {{- return(adapter.dispatch('sha256_hex', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__sha256_hex(expression) %}
    {{- return("sha256(" ~ expression ~ ")") -}}
{% endmacro %}

{% macro spark__sha256_hex(expression) %}
    {{- return("sha2(" ~ expression ~ ", 256)") -}}
{% endmacro %}
