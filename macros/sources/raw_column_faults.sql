{% macro raw_column_faults(table, part) %}
    {% set faults = [] %}
    {% set warnings = [] %}
    {% set actual = lower_keys(part.columns) %}
    {% set declared = [] %}
    {% for column in table.columns %}
        {% do declared.append(column.name | lower) %}
        {% set actual_column = actual.get(column.name | lower) %}
        {% if actual_column is none and column.may_lack %}
        {% elif actual_column is none %}
            {% set missing = part.name ~ ": column " ~ column.name ~ " is missing; " %}
            {% if not column.is_optional %}
                {% do faults.append(missing ~ "expected " ~ column.type) %}
            {% elif var("allow_missing_columns") %}
                {% do warnings.append(missing ~ "it reads as NULL") %}
            {% else %}
                {% do faults.append(
                    missing ~ "expected " ~ column.type
                    ~ " (or set var allow_missing_columns: true, it then reads as NULL)"
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
    {% for name in part.columns if name | lower not in declared %}
        {% set extra = part.name ~ ": column " ~ name ~ " is not declared; " %}
        {% if var("allow_extra_columns") %}
            {% do warnings.append(extra ~ "it is left out") %}
        {% else %}
            {% do faults.append(
                extra ~ "expected only those of " ~ table.name ~ " in " ~ table.yaml
                ~ " (or set var allow_extra_columns: true, it is then left out)"
            ) %}
        {% endif %}
    {% endfor %}
    {{ return({"faults": faults, "warnings": warnings}) }}
{% endmacro %}
