{#
    Writes which run last changed the warehouse, so that publishing notices a build that
    died after the one whose results lie in target/.
#}
{% macro mark_build() %}
    {%- if execute and flags.WHICH in ("build", "run", "seed") -%}
        {% set relation = api.Relation.create(
            database=target.database or none, schema=target.schema, identifier="last_build", type="table"
        ) %}
        {% do adapter.create_schema(relation) %}
        {% do adapter.drop_relation(relation) %}
        {% do run_query(
            "create table " ~ relation ~ " as select '" ~ invocation_id
            ~ "' as invocation_id, cast(current_timestamp as timestamp) as started_at"
        ) %}
    {%- endif -%}
{% endmacro %}
