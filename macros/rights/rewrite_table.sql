{# A table of a few rows, made anew: columns are types by name, rows are dictionaries. #}
{% macro rewrite_table(relation, columns, rows) %}
    {% set types, tuples = [], [] %}
    {% for name, type in columns.items() %}{% do types.append(name ~ " " ~ type) %}{% endfor %}
    {% do adapter.drop_relation(relation) %}
    {% do run_query(
        "create table " ~ relation ~ " (" ~ types | join(", ") ~ ")"
        ~ (" using parquet" if target.type == "spark" else "")
    ) %}
    {# dbt looks relations up in what it saw when it started #}
    {% do adapter.cache_added(relation) %}
    {% for row in rows %}
        {% set values = [] %}
        {% for name, type in columns.items() %}
            {% do values.append("cast(" ~ ("null" if row[name] is none else "'" ~ row[name] ~ "'") ~ " as " ~ type ~ ")") %}
        {% endfor %}
        {% do tuples.append("(" ~ values | join(", ") ~ ")") %}
    {% endfor %}
    {% for part in tuples | batch(1000) %}
        {% do run_query("insert into " ~ relation ~ " values " ~ part | join(", ")) %}
    {% endfor %}
{% endmacro %}
