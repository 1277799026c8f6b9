{# Text with or without an offset (2026-01-31 08:00:00+08:00) as UTC; DuckDB's plain timestamp would drop the offset. #}
{% macro timestamp_with_offset(expression) %}
    {{- return(adapter.dispatch('timestamp_with_offset', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__timestamp_with_offset(expression) %}
    {{- return("(try_cast(" ~ expression ~ " as timestamptz) at time zone 'UTC')") -}}
{% endmacro %}

{% macro spark__timestamp_with_offset(expression) %}
    {{- return("try_cast(" ~ expression ~ " as timestamp)") -}}
{% endmacro %}
