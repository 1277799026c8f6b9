{# A name beside the result table, remembered so that it is dropped at the end. #}
{% macro work_table(result, suffix, work) %}
    {% set relation = result.incorporate(
        path=dict(graph_clustering.work_place(), identifier=result.identifier ~ "__" ~ suffix),
        type="table"
    ) %}
    {% do work.append(relation) %}
    {{ return(relation) }}
{% endmacro %}

{#
    Where work tables live. Dispatched: DuckDB keeps temporary tables in memory, and on disk
    only if memory runs out, which saves compressing and writing each round; a temporary
    table of Spark is a lazy view and would replay all earlier rounds.
#}
{% macro work_place() %}
    {{- return(adapter.dispatch("work_place", "graph_clustering")()) -}}
{% endmacro %}

{% macro default__work_place() %}{{ return({}) }}{% endmacro %}

{% macro duckdb__work_place() %}{{ return({"database": "temp", "schema": "main"}) }}{% endmacro %}

{#
    Writes a table of ours, whatever it was before. Dispatched: DuckDB replaces a table in one
    statement. A contraction of few rows is mostly statements, so they are kept few.
#}
{% macro make_table(relation, sql) %}
    {% do adapter.dispatch("make_table", "graph_clustering")(relation, sql) %}
{% endmacro %}

{% macro default__make_table(relation, sql) %}
    {% do adapter.drop_relation(relation) %}
    {% call statement("make_table") %}{{ create_table_as(false, relation, sql) }}{% endcall %}
{% endmacro %}

{% macro duckdb__make_table(relation, sql) %}
    {% call statement("make_table") %}
        create or replace {{ "temporary " if relation.database == "temp" }}table {{ relation }} as
        {{ sql }}
    {% endcall %}
{% endmacro %}

{#
    make_table where every column is a text like no other, such as a hash. Dispatched: DuckDB
    is told not to look for a compression, which takes five times as long as writing and
    halves the size.
#}
{% macro make_table_of_hashes(relation, columns, sql) %}
    {% do adapter.dispatch("make_table_of_hashes", "graph_clustering")(relation, columns, sql) %}
{% endmacro %}

{% macro default__make_table_of_hashes(relation, columns, sql) %}
    {% do graph_clustering.make_table(relation, sql) %}
{% endmacro %}

{% macro duckdb__make_table_of_hashes(relation, columns, sql) %}
    {% if relation.database == "temp" %}
        {% do graph_clustering.make_table(relation, sql) %}
    {% else %}
        {% call statement("make_table") %}
            create or replace table {{ relation }} (
                {% for column in columns -%}
                {{ column }} string using compression uncompressed{{ "," if not loop.last }}
                {% endfor -%}
            )
        {% endcall %}
        {% call statement("fill_table") %}insert into {{ relation }} {{ sql }}{% endcall %}
    {% endif %}
{% endmacro %}

{% macro row_count(relation, condition="true") %}
    {{ return(
        run_query("select count(*) as row_count from " ~ relation ~ " where " ~ condition)
        .columns[0].values()[0] | int
    ) }}
{% endmacro %}

{% macro drop_tables(relations) %}
    {% do adapter.dispatch("drop_tables", "graph_clustering")(relations) %}
{% endmacro %}

{% macro default__drop_tables(relations) %}
    {% for relation in relations %}
        {% do adapter.drop_relation(relation) %}
    {% endfor %}
{% endmacro %}

{% macro duckdb__drop_tables(relations) %}
    {% call statement("drop_tables") %}
        {% for relation in relations | unique %}drop table if exists {{ relation }};
        {% endfor %}
    {% endcall %}
{% endmacro %}
