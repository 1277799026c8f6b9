{# DuckDB says exclude, Spark except. #}
{% macro star_except(columns) %}
    {{- return(adapter.dispatch('star_except', 'one360')(columns)) -}}
{% endmacro %}

{% macro default__star_except(columns) %}
    {{- return("* exclude (" ~ columns | join(", ") ~ ")") -}}
{% endmacro %}

{% macro spark__star_except(columns) %}
    {{- return("* except (" ~ columns | join(", ") ~ ")") -}}
{% endmacro %}
