{#
    Tells the run who was erased, is restricted or objects: asks one360_erasures for what the commands
    noted and writes it to tables, which raw views, the ledger and consents read.
#}
{% macro register_erasures() %}
    {%- if execute -%}
        {% set answer = run_query("select one360_erasures('') as answer") %}
        {% set noted = fromjson(answer.columns[0].values()[0]) %}
        {% set erasures, identifiers = erasure_table("erasures"), erasure_table("erased_identifiers") %}
        {% set objections, key = erasure_table("objections"), erasure_table("erasure_key") %}
        {% set notes = erasure_table("erasure_notes") %}
        {% do adapter.create_schema(erasures) %}
        {% set known = adapter.get_relation(target.database or none, erasures.schema, "erasures") %}
        {% if known %}
            {% set ids = noted.erasures | map(attribute="one_id") | list %}
            {% set missing = run_query("select one_id from " ~ erasures).rows | rejectattr(0, "in", ids) | list %}
            {% set other_key = run_query(
                "select hash_key from " ~ key ~ " where hash_key <> '' and hash_key <> one360_erasures('key')"
            ).rows %}
            {# an older file may lack a restriction or an objection; a version before noted none of them #}
            {% set noted_before = adapter.get_relation(target.database or none, notes.schema, notes.identifier) %}
            {% set told = noted.lifted + noted.notes | map(attribute="note_hash") | list %}
            {% set lost = run_query("select note_hash from " ~ notes).rows
                | rejectattr(0, "in", told) | list if noted_before else [] %}
            {% if missing or lost or other_key | length > 0 %}
                {{ exceptions.raise_compiler_error(
                    noted.place ~ ", which says who was erased, is gone or not the one this "
                    ~ "warehouse was built with; restore it from your backup"
                ) }}
            {% endif %}
        {% endif %}
        {% do rewrite_table(erasures, {
            "one_id": "string", "profile_count": "bigint", "issued_at": "timestamp", "erased_at": "timestamp",
        }, noted.erasures) %}
        {% do rewrite_table(identifiers, {"identifier_hash": "string"}, noted.identifiers) %}
        {% do rewrite_table(objections, {
            "identifier_hash": "string", "purpose_code": "string", "objected_at": "timestamp",
        }, noted.objections) %}
        {% do rewrite_table(notes, {"note_hash": "string"}, noted.notes) %}
        {% do adapter.drop_relation(key) %}
        {% do run_query(
            "create table " ~ key ~ (" using parquet" if target.type == "spark" else "")
            ~ " as select one360_erasures('key') as hash_key"
        ) %}
        {% set log = erasure_table("erased_rows") %}
        {% if not adapter.get_relation(target.database or none, log.schema, log.identifier) %}
            {% do rewrite_table(log, {
                "build_id": "string", "source_system": "string", "source_table": "string", "load_day": "date",
                "withheld_rows": "bigint", "blanked_rows": "bigint", "recorded_at": "timestamp",
            }, []) %}
        {% endif %}
    {%- endif -%}
{% endmacro %}
