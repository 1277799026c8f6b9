{% macro business_date(expression) %}
    {{- return("cast(" ~ to_business_time(expression) ~ " as date)") -}}
{% endmacro %}
