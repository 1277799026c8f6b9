{% macro find_raw_relation(table, given, found) %}
    {% set path = (given | string).split(".") %}
    {% set schema = path[-2] if path | length > 1 else target.schema %}
    {% set relation = adapter.get_relation(
        database=path[-3] if path | length > 2 else target.database,
        schema=schema,
        identifier=path[-1],
    ) %}
    {% do found.parts.update({table.name: []}) %}
    {% do found.has_rows.update({table.name: none}) %}
    {% if relation is none %}
        {% do found.faults.append(
            "raw_tables " ~ table.name ~ ": there is no table " ~ given
            ~ "; expected table, schema.table or database.schema.table"
        ) %}
    {% elif relation.render() == raw_relation(table).render() %}
        {% do found.faults.append(
            "raw_tables " ~ table.name ~ ": " ~ given
            ~ " is where the view over it stands; expected a table of another name or schema"
        ) %}
    {% else %}
        {% set columns = {} %}
        {% for column in adapter.get_columns_in_relation(relation) %}
            {% do columns.update({column.name: column.dtype}) %}
        {% endfor %}
        {% do found.parts.update({table.name: [
            {"format": "relation", "name": given, "relation": relation, "columns": columns}
        ]}) %}
        {% set first = run_query("select 1 as one from " ~ relation ~ " limit 1") %}
        {% do found.has_rows.update({table.name: first | length > 0}) %}
    {% endif %}
{% endmacro %}
