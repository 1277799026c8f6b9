{# A row value as JSON text, NULLs included; Spark leaves them out unless told. #}
{% macro json_record(row) %}
    {{- return(adapter.dispatch('json_record', 'one360')(row)) -}}
{% endmacro %}

{% macro default__json_record(row) %}
    {{- return("cast(to_json(" ~ row ~ ") as varchar)") -}}
{% endmacro %}

{% macro spark__json_record(row) %}
    {{- return("to_json(" ~ row ~ ", map('ignoreNullFields', 'false'))") -}}
{% endmacro %}
