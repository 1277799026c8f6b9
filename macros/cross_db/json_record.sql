{# Spark leaves NULLs out unless told, and writes times of its own form (here to the second). #}
{% macro json_record(row) %}
    {{- return(adapter.dispatch('json_record', 'one360')(row)) -}}
{% endmacro %}

{% macro default__json_record(row) %}
    {{- return("cast(to_json(" ~ row ~ ") as string)") -}}
{% endmacro %}

{% macro spark__json_record(row) %}
    {{- return("to_json(" ~ row ~ ", map('ignoreNullFields', 'false', 'timestampFormat', 'yyyy-MM-dd HH:mm:ss', 'timestampNTZFormat', 'yyyy-MM-dd HH:mm:ss'))") -}}
{% endmacro %}
