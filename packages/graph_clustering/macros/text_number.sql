{#
    A 64-bit number of a text, spread evenly, the same within a run and not beyond it:
    two texts share one about once in 2^64 pairs, so a user of it as a key has to check.

    Dispatched: hash() on DuckDB and xxhash64() on Spark.
#}
{% macro text_number(expression) %}
    {{- adapter.dispatch("text_number", "graph_clustering")(expression) -}}
{% endmacro %}

{% macro default__text_number(expression) %}xxhash64({{ expression }}){% endmacro %}

{% macro duckdb__text_number(expression) %}hash({{ expression }}){% endmacro %}
