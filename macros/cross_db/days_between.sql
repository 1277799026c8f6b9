{# DuckDB subtracts dates, Spark has datediff. #}
{% macro days_between(earlier, later) %}
    {{- return(adapter.dispatch('days_between', 'one360')(earlier, later)) -}}
{% endmacro %}

{% macro default__days_between(earlier, later) %}
    {{- return("cast(cast(" ~ later ~ " as date) - cast(" ~ earlier ~ " as date) as integer)") -}}
{% endmacro %}

{% macro spark__days_between(earlier, later) %}
    {{- return("datediff(" ~ later ~ ", " ~ earlier ~ ")") -}}
{% endmacro %}
