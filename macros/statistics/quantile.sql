{# Money is cast first: DuckDB would round decimals. #}
{% macro quantile(expression, share) %}
    {{- return("percentile_cont(" ~ share ~ ") within group (order by cast(" ~ expression ~ " as double))") -}}
{% endmacro %}
