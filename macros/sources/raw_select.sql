{#
    Columns of events are text where a mapping says what they are read from (event_columns).
    Text of CSV and JSON stays text: staging reads it and rejects, with a reason, what it cannot.
#}
{% macro raw_select(table, part) %}
    {% set actual = lower_keys(part.columns) if part is not none else {} %}
    {% set mapping = event_columns(table) if part is not none else {} %}
    {% set expressions = [] %}
    {% for column in table.columns %}
        {% set actual_column = actual.get(column.name | lower) %}
        {% set mapped = mapped_column(column, mapping.get(column.name, column.name), part) if mapping else none %}
        {% if mapped is not none %}
            {% set expression = mapped %}
        {% elif actual_column is none %}
            {% set expression = "cast(null as " ~ ("string" if mapping else column.type) ~ ")" %}
        {% else %}
            {% set expression = raw_column(
                adapter.quote(actual_column.name), actual_column.type, column.type, part.format,
                column.timezone
            ) %}
        {% endif %}
        {% do expressions.append("    " ~ expression ~ " as " ~ column.name) %}
    {% endfor %}
    {% set from_clause = "where false" if part is none else "from " ~ raw_part(part, mapping) %}
    {{ return("select\n" ~ (expressions | join(",\n")) ~ "\n" ~ from_clause) }}
{% endmacro %}
