{% macro raw_column_faults(table, part) %}
    {% set faults = [] %}
    {% set warnings = [] %}
    {% set actual = lower_keys(part.columns) %}
    {% set declared = [] %}
    {% set mapping = event_columns(table) %}
    {% set is_mapped = mapping or table.name in var("event_presets") %}
    {% set read = [] %}
    {% for column in table.columns %}
        {% do declared.append(column.name | lower) %}
        {% set actual_column = actual.get(column.name | lower) %}
        {% set read_from = mapping.get(column.name, column.name) %}
        {% if is_mapped %}
            {# What an export lacks reads as NULL; without these an event is none. #}
            {% if mapped_column(column, read_from, part) is not none %}
                {% do read.extend(mapped_columns(read_from ~ " | " ~ column.name, part)) %}
            {% elif column.name in table.key + ["event", "occurred_at"] %}
                {% do faults.append(
                    part.name ~ ": there is no column for " ~ column.name ~ "; expected " ~ read_from
                    ~ " (seed event_columns, variable event_presets)"
                ) %}
            {% endif %}
        {% elif actual_column is none and column.may_lack %}
            {# It reads as NULL. #}
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
    {% if is_mapped %}
        {% set unread = part.columns | reject("in", read) | list %}
        {% if unread %}
            {% do warnings.append(
                part.name ~ ": left out, as seed event_columns reads nothing from them: "
                ~ unread | join(", ")
            ) %}
        {% endif %}
    {% endif %}
    {% for name in part.columns if name | lower not in declared and not is_mapped %}
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
