{# What DuckDB calls timestamp is timestamp_ntz to Spark. #}
{% macro is_instant(type) %}
    {{- return(adapter.dispatch('is_instant', 'one360')(type | lower)) -}}
{% endmacro %}

{% macro default__is_instant(type) %}
    {{- return(type.startswith("timestamp") and "zone" in type) -}}
{% endmacro %}

{% macro spark__is_instant(type) %}
    {{- return(type in ("timestamp", "timestamp_ltz")) -}}
{% endmacro %}
