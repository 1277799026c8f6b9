{# DuckDB adds integers to dates, Spark has date_add. #}
{% macro add_days(date_expression, days) %}
    {{- return(adapter.dispatch('add_days', 'one360')(date_expression, days)) -}}
{% endmacro %}

{% macro default__add_days(date_expression, days) %}
    {{- return("(cast(" ~ date_expression ~ " as date) + cast(" ~ days ~ " as integer))") -}}
{% endmacro %}

{% macro spark__add_days(date_expression, days) %}
    {{- return("date_add(cast(" ~ date_expression ~ " as date), cast(" ~ days ~ " as int))") -}}
{% endmacro %}
