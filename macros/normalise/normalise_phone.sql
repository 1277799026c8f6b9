{% macro normalise_phone(expression) %}
    {{- return("nullif(trim(cast(" ~ expression ~ " as string)), '')") -}}
{% endmacro %}
