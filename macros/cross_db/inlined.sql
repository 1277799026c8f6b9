{# DuckDB would store such a CTE; Spark never does and has no word for it. #}
{% macro inlined() %}
    {{- return(adapter.dispatch('inlined', 'one360')()) -}}
{% endmacro %}

{% macro default__inlined() %}
    {{- return("not materialized") -}}
{% endmacro %}

{% macro spark__inlined() %}
    {{- return("") -}}
{% endmacro %}
