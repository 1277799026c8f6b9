{# The engines count weekdays differently. #}
{% macro iso_weekday(expression) %}
    {{- return(adapter.dispatch('iso_weekday', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__iso_weekday(expression) %}
    {{- return("isodow(" ~ expression ~ ")") -}}
{% endmacro %}

{% macro spark__iso_weekday(expression) %}
    {{- return("(weekday(" ~ expression ~ ") + 1)") -}}
{% endmacro %}
