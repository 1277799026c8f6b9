{#
    Tells the run who was erased: asks one360_erasures for what one360 erase noted and writes it to
    tables, which raw views and the ledger read.
#}
{% macro register_erasures() %}
    {%- if execute -%}
        {% set answer = run_query("select one360_erasures('') as answer") %}
        {% set noted = fromjson(answer.columns[0].values()[0]) %}
        {% set erasures, identifiers = erasure_table("erasures"), erasure_table("erased_identifiers") %}
        {% do adapter.create_schema(erasures) %}
        {% set known = adapter.get_relation(target.database or none, erasures.schema, "erasures") %}
        {% if known %}
            {% set ids = noted.erasures | map(attribute="one_id") | list %}
            {% for row in run_query("select one_id from " ~ erasures).rows if row[0] not in ids %}
                {{ exceptions.raise_compiler_error(
                    noted.place ~ ", which says who was erased, is gone or not the one this "
                    ~ "warehouse was built with; restore it from your backup"
                ) }}
            {% endfor %}
        {% endif %}
        {% do rewrite_table(erasures, {
            "one_id": "string", "profile_count": "bigint", "issued_at": "timestamp", "erased_at": "timestamp",
        }, noted.erasures) %}
        {% do rewrite_table(identifiers, {"identifier_hash": "string"}, noted.identifiers) %}
        {% set key = erasure_table("erasure_key") %}
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
