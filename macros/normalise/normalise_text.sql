{# Free text: trimmed, NULL where nothing is left. #}
{% macro normalise_text(expression) %}
    {{- return("nullif(trim(cast(" ~ expression ~ " as string)), '')") -}}
{% endmacro %}
