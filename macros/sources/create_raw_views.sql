{# DuckDB takes all views in one statement, Spark one at a time. #}
{% macro create_raw_views(views) %}
    {% do adapter.create_schema(views[0].relation) %}
    {% do adapter.dispatch("create_raw_views", "one360")(views) %}
{% endmacro %}

{% macro default__create_raw_views(views) %}
    {% set statements = [] %}
    {% for view in views %}
        {% do statements.append("create or replace view " ~ view.relation ~ " as\n" ~ view.sql) %}
    {% endfor %}
    {% do run_query(statements | join(";\n")) %}
{% endmacro %}

{% macro spark__create_raw_views(views) %}
    {% for view in views %}
        {% do run_query("create or replace view " ~ view.relation ~ " as\n" ~ view.sql) %}
    {% endfor %}
{% endmacro %}
