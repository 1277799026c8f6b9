{# DuckDB has epoch, Spark unix_seconds. #}
{% macro epoch_seconds(expression) %}
    {{- return(adapter.dispatch('epoch_seconds', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__epoch_seconds(expression) %}
    {{- return("cast(floor(epoch(" ~ expression ~ ")) as bigint)") -}}
{% endmacro %}

{% macro spark__epoch_seconds(expression) %}
    {{- return("unix_seconds(" ~ expression ~ ")") -}}
{% endmacro %}
