{# Whole seconds since 1970 of a UTC timestamp as bigint. #}
{% macro epoch_seconds(expression) %}
    {{- return(adapter.dispatch('epoch_seconds', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__epoch_seconds(expression) %}
    {{- return("cast(floor(epoch(" ~ expression ~ ")) as bigint)") -}}
{% endmacro %}

{% macro spark__epoch_seconds(expression) %}
    {{- return("unix_seconds(" ~ expression ~ ")") -}}
{% endmacro %}
