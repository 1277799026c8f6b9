{# DuckDB has at time zone, Spark to_utc_timestamp. #}
{% macro from_business_time(expression) %}
    {{- return(adapter.dispatch('from_business_time', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__from_business_time(expression) %}
    {{- return("((" ~ expression ~ ") at time zone '" ~ var("business_timezone") ~ "' at time zone 'UTC')") -}}
{% endmacro %}

{% macro spark__from_business_time(expression) %}
    {{- return("to_utc_timestamp(" ~ expression ~ ", '" ~ var("business_timezone") ~ "')") -}}
{% endmacro %}
