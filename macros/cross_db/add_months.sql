{# DuckDB adds an interval, Spark has add_months. #}
{% macro add_months(date_expression, months) %}
    {{- return(adapter.dispatch('add_months', 'one360')(date_expression, months)) -}}
{% endmacro %}

{% macro default__add_months(date_expression, months) %}
    {{- return("cast(cast(" ~ date_expression ~ " as date) + cast(" ~ months ~ " as integer) * interval 1 month as date)") -}}
{% endmacro %}

{% macro spark__add_months(date_expression, months) %}
    {{- return("add_months(cast(" ~ date_expression ~ " as date), cast(" ~ months ~ " as int))") -}}
{% endmacro %}
