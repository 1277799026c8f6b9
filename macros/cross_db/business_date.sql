{# The calendar day of a UTC timestamp in var business_timezone. #}
{% macro business_date(expression) %}
    {{- return("cast(" ~ to_business_time(expression) ~ " as date)") -}}
{% endmacro %}
