{# Whether anybody was erased: without, raw views are as they ever were. #}
{% macro has_erasures() %}
    {% set identifiers = erasure_table("erased_identifiers") %}
    {% if not adapter.get_relation(target.database or none, identifiers.schema, identifiers.identifier) %}
        {{ return(false) }}
    {% endif %}
    {{ return(run_query("select count(*) from " ~ identifiers).columns[0].values()[0] > 0) }}
{% endmacro %}
