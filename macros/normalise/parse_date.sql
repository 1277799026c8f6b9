{# The day of what parse_timestamp_text reads. #}
{% macro parse_date(expression) %}
    {{- return("cast(" ~ parse_timestamp_text(expression) ~ " as date)") -}}
{% endmacro %}
