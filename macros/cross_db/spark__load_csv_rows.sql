{#
    Fills a seed. dbt-spark would write an empty cell as the text 'None' and leave quotes as
    they are; here each cell is a literal of its column's type.
-#}
{% macro spark__load_csv_rows(model, agate_table) %}
    {% set types = model.config.get("column_types", {}) %}
    {% set statements = [] %}
    {% for chunk in agate_table.rows | batch(get_batch_size()) %}
        {% set rows = [] %}
        {% for row in chunk %}
            {% set cells = [] %}
            {% for name in agate_table.column_names %}
                {% set type = types.get(name, adapter.convert_type(agate_table, loop.index0)) %}
                {% set cell = row[loop.index0] %}
                {% if cell is none %}
                    {% do cells.append("cast(null as " ~ type ~ ")") %}
                {% else %}
                    {% do cells.append("cast(" ~ regex_literal(cell | string) ~ " as " ~ type ~ ")") %}
                {% endif %}
            {% endfor %}
            {% do rows.append("(" ~ (cells | join(", ")) ~ ")") %}
        {% endfor %}
        {% do statements.append("insert into " ~ this.render() ~ " values " ~ (rows | join(", "))) %}
    {% endfor %}
    {% for statement in statements %}
        {% do adapter.add_query(statement, abridge_sql_log=True) %}
    {% endfor %}
    {{ return(statements[0]) }}
{% endmacro %}
