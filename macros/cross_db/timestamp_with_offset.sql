{# DuckDB's plain timestamp would drop the offset. #}
{% macro timestamp_with_offset(expression) %}
    {{- return(adapter.dispatch('timestamp_with_offset', 'one360')(expression)) -}}
{% endmacro %}

{% macro default__timestamp_with_offset(expression) %}
    {{- return("(try_cast(" ~ expression ~ " as timestamptz) at time zone 'UTC')") -}}
{% endmacro %}

{% macro spark__timestamp_with_offset(expression) %}
    {{- return("try_cast(" ~ expression ~ " as timestamp)") -}}
{% endmacro %}
