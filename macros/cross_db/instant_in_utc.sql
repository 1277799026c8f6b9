{# Spark's session is in UTC. #}
{% macro instant_in_utc(expression) %}
    {{- return(adapter.dispatch('instant_in_utc', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__instant_in_utc(expression) %}
    {{- return(expression ~ " at time zone 'UTC'") -}}
{% endmacro %}

{% macro spark__instant_in_utc(expression) %}
    {{- return(expression) -}}
{% endmacro %}
