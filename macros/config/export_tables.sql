{% macro export_tables(folder, schemas, models) %}
    {% set tables = [(target.schema, "last_build"), (target.schema, "warehouse_stamp")] %}
    {% for node in graph.nodes.values() if node.resource_type == "model"
        and (node.schema in schemas or node.name in models) %}
        {% do tables.append((node.schema, node.alias)) %}
    {% endfor %}
    {% for schema, table in tables %}
        {% set relation = adapter.get_relation(
            database=target.database or none, schema=schema, identifier=table
        ) %}
        {% if relation is not none %}
            {% do run_query(
                "insert overwrite directory '" ~ folder ~ "/" ~ schema ~ "/" ~ table
                ~ "' using parquet select * from " ~ relation
            ) %}
        {% endif %}
    {% endfor %}
{% endmacro %}
