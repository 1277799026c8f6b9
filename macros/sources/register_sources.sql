{#
    Where a table is looked for: var raw_tables, else var raw_files, else
    raw/<dataset>/<system>/<table>.{parquet,csv,jsonl} or the folder of that name.
#}
{% macro register_sources() %}
    {% if execute %}
        {% set tables = raw_tables() %}
        {% set found = find_raw_tables(tables) %}
        {% set faults = found.faults + order_source_faults(tables, found) %}
        {% set warnings = found.warnings + people_source_warnings(found) %}
        {% set delivered = {} %}
        {% for table in tables %}
            {% set branches = [] %}
            {% for part in found.parts[table.name] %}
                {% set columns = raw_column_faults(table, part) %}
                {% do faults.extend(columns.faults) %}
                {% do warnings.extend(columns.warnings) %}
                {% do branches.append(raw_select(table, part)) %}
            {% endfor %}
            {% do delivered.update({
                table.name: (branches or [raw_select(table, none)]) | join("\nunion all\n")
            }) %}
        {% endfor %}
        {% if faults %}
            {{ exceptions.raise_compiler_error(
                "The raw data cannot be read:\n  " ~ (faults | unique | join("\n  "))
            ) }}
        {% endif %}
        {% for warning in warnings | unique %}
            {% do exceptions.warn(warning) %}
        {% endfor %}
        {# a run that is refused writes nothing #}
        {% do register_erasures() %}
        {% set has_erased = has_erasures() %}
        {% set views = [] %}
        {% for table in tables %}
            {% do views.append({
                "relation": raw_relation(table),
                "sql": without_erased(table, delivered) if has_erased else delivered[table.name],
            }) %}
        {% endfor %}
        {% do create_raw_views(views) %}
        {% if has_erased %}{% do log_erased_rows(delivered) %}{% endif %}
    {% endif %}
{% endmacro %}
