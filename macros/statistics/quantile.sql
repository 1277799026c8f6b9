{# The type-7 quantile of a column (as in R and pandas) as double; money is cast first, DuckDB would round decimals. #}
{% macro quantile(expression, share) %}
    {{- return("percentile_cont(" ~ share ~ ") within group (order by cast(" ~ expression ~ " as double))") -}}
{% endmacro %}
