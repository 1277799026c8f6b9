{# The salt is a session variable, so that compiled SQL never holds it. #}
{% macro keyed_hash(expression) %}
    {{- return(adapter.dispatch('keyed_hash', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__keyed_hash(expression) %}
    {{- return("substr(sha256(getvariable('one360_salt') || '|' || (" ~ expression ~ ")), 1, 32)") -}}
{% endmacro %}

{% macro spark__keyed_hash(expression) %}
    {{- return("substr(sha2(one360_salt || '|' || (" ~ expression ~ "), 256), 1, 32)") -}}
{% endmacro %}
