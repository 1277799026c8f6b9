{% macro from_business_time(expression) %}
    {{- return(from_time_zone(expression, var("business_timezone"))) -}}
{% endmacro %}
