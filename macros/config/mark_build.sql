{#
    Writes which run last changed the warehouse, so that publishing notices a build that
    died after the one whose results lie in target/. DuckDB only: Spark publishes nothing.
#}
{% macro mark_build() %}
    {%- if execute and target.type == "duckdb" and flags.WHICH in ("build", "run", "seed") -%}
        {% do run_query(
            "create or replace table " ~ target.schema ~ ".last_build as select '"
            ~ invocation_id ~ "' as invocation_id, cast(get_current_timestamp() as timestamp) as started_at"
        ) %}
    {%- endif -%}
{% endmacro %}
