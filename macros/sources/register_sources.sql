{#
    Where a table is looked for: var raw_tables, else var raw_files, else
    raw/<dataset>/<system>/<table>.{parquet,csv,jsonl} or the folder of that name.
#}
{% macro register_sources() %}
    {% if execute %}
        {% set raw_data = delivered_tables() %}
        {% if raw_data.faults %}
            {{ exceptions.raise_compiler_error(
                "The raw data cannot be read:\n  " ~ (raw_data.faults | unique | join("\n  "))
            ) }}
        {% endif %}
        {% for warning in raw_data.warnings | unique %}
            {% do exceptions.warn(warning) %}
        {% endfor %}
        {# a run that is refused writes nothing #}
        {% do register_erasures() %}
        {% set has_erased = has_erasures() %}
        {% set known = {} %}
        {% for table in raw_tables() %}
            {% do known.update({table.name: known_rows(table, raw_data.delivered[table.name])}) %}
        {% endfor %}
        {# who is erased is looked for first: what is past its limit may name nobody any more #}
        {% set of_others = {} %}
        {% for table in raw_tables() %}
            {% do of_others.update({
                table.name: without_erased(table, known) if has_erased else known[table.name]
            }) %}
        {% endfor %}
        {% set limits = bound_limits(raw_data.delivered) %}
        {% set kept, views = {}, [] %}
        {% for table in raw_tables() %}
            {% do kept.update({table.name: without_expired(table, limits, of_others)}) %}
            {% do views.append({"relation": raw_relation(table), "sql": kept[table.name]}) %}
        {% endfor %}
        {% do create_raw_views(views) %}
        {% do log_expired_rows(limits, of_others, kept) %}
        {% if has_erased %}{% do log_erased_rows(known, of_others) %}{% endif %}
    {% endif %}
{% endmacro %}

{# The SQL of each raw table as it was delivered, by name; what is wrong with it, and what is odd. #}
{% macro delivered_tables() %}
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
    {{ return({"delivered": delivered, "faults": faults, "warnings": warnings}) }}
{% endmacro %}
