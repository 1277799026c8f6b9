{% macro mark_build() %}
    {%- if execute and flags.WHICH in ("build", "run", "seed") -%}
        {% set relation = api.Relation.create(
            database=target.database or none, schema=target.schema, identifier="last_build", type="table"
        ) %}
        {% do adapter.create_schema(relation) %}
        {% set build_id = invocation_id %}
        {% if "tag:intraday" in (invocation_args_dict.get("select") or []) %}
            {% set build_id = run_query("select build_id from " ~ relation).columns[0].values()[0] %}
        {% endif %}
        {% do adapter.drop_relation(relation) %}
        {% do run_query(
            "create table " ~ relation ~ " as select '" ~ invocation_id ~ "' as invocation_id, '"
            ~ build_id ~ "' as build_id, cast(current_timestamp as timestamp) as started_at, "
            ~ is_bounded_by_arrival() | string | lower ~ " as is_bounded_by_arrival"
        ) %}
    {%- endif -%}
{% endmacro %}
