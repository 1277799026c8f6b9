{#
    dbt_one360 hands them over when dbt starts. dbt itself knows its sources neither while it
    parses, when a loop over all tables has to refer to their models so that their lineage is
    seen, nor in a unit test.
#}
{% macro raw_tables() %}
    {{ return(fromjson(env_var("ONE360_RAW_TABLES"))) }}
{% endmacro %}

{# The declared raw table of a system. #}
{% macro raw_table(system, table) %}
    {{ return(raw_tables() | selectattr("name", "equalto", system ~ "." ~ table) | first) }}
{% endmacro %}

{# The view of a raw table, whole even where dbt was told to read no row or a sample. #}
{% macro raw_relation(table) %}
    {% set view = source(table.system, table.table) %}
    {{ return(api.Relation.create(
        database=view.database, schema=view.schema, identifier=view.identifier
    )) }}
{% endmacro %}

{# In a hook: makes every raw table a source of the model; runs nothing. #}
{% macro depend_on_raw_tables() %}
    {% for table in raw_tables() %}
        {% do source(table.system, table.table) %}
    {% endfor %}
{% endmacro %}
