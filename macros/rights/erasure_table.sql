{#
    What macro register_erasures writes at the start of a run, in the schema of the target:
    erasures, erased_identifiers, objections, erasure_notes and erasure_key, from the file that
    one360 erase, restrict and object keep, and the log erased_rows.
#}
{% macro erasure_table(name) %}
    {{ return(api.Relation.create(
        database=target.database or none, schema=target.schema, identifier=name, type="table"
    )) }}
{% endmacro %}
