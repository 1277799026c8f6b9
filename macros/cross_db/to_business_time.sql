{# DuckDB has at time zone, Spark from_utc_timestamp. #}
{% macro to_business_time(expression) %}
    {{- return(adapter.dispatch('to_business_time', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__to_business_time(expression) %}
    {{- return("((" ~ expression ~ ") at time zone 'UTC' at time zone '" ~ var("business_timezone") ~ "')") -}}
{% endmacro %}

{% macro spark__to_business_time(expression) %}
    {{- return("from_utc_timestamp(" ~ expression ~ ", '" ~ var("business_timezone") ~ "')") -}}
{% endmacro %}
