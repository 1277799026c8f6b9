{# Declared columns that a file or table lacks or has as another type, and columns it has on top. #}
{% macro raw_column_faults(table, part) %}
    {% set faults = [] %}
    {% set actual = lower_keys(part.columns) %}
    {% set declared = [] %}
    {% for column in table.columns %}
        {% do declared.append(column.name | lower) %}
        {% set actual_column = actual.get(column.name | lower) %}
        {% if actual_column is none %}
            {% if not column.is_optional %}
                {% do faults.append(
                    part.name ~ ": column " ~ column.name ~ " is missing; expected " ~ column.type
                ) %}
            {% endif %}
        {% elif part.format not in ("csv", "jsonl")
            and not raw_type_fits(actual_column.type, column.type) %}
            {% do faults.append(
                part.name ~ ": column " ~ column.name ~ " is " ~ (actual_column.type | lower)
                ~ "; expected " ~ column.type
            ) %}
        {% endif %}
    {% endfor %}
    {% if not setting("allow_extra_columns") %}
        {% for name in part.columns if name | lower not in declared %}
            {% do faults.append(
                part.name ~ ": column " ~ name ~ " is not declared; expected only those of "
                ~ table.name ~ " in " ~ table.yaml ~ " (or set var allow_extra_columns: true)"
            ) %}
        {% endfor %}
    {% endif %}
    {{ return(faults) }}
{% endmacro %}
