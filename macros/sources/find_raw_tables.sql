{% macro find_raw_tables(tables) %}
    {% set raw_tables = var("raw_tables") %}
    {% set raw_files = var("raw_files") %}
    {% set known = tables | map(attribute="name") | list %}
    {% set found = {"parts": {}, "has_rows": {}, "faults": [], "warnings": [], "place": ""} %}
    {% for variable, given in [("raw_tables", raw_tables), ("raw_files", raw_files)] %}
        {% for name in given if name not in known %}
            {% do found.faults.append(
                variable ~ ": " ~ name ~ " is not a source table; expected one of " ~ (known | join(", "))
            ) %}
        {% endfor %}
    {% endfor %}
    {% set in_files = [] %}
    {% for table in tables %}
        {% if table.name in raw_tables and table.name in raw_files %}
            {% do found.faults.append(
                "raw_tables and raw_files both name " ~ table.name ~ "; expected one of them"
            ) %}
            {% do found.parts.update({table.name: []}) %}
        {% elif table.name in raw_tables %}
            {% do find_raw_relation(table, raw_tables[table.name], found) %}
        {% else %}
            {% do in_files.append(raw_file_request(table, raw_files.get(table.name))) %}
        {% endif %}
    {% endfor %}
    {% set report = read_raw_files(in_files) %}
    {% do found.update({"place": report.place}) %}
    {% do found.warnings.extend(report.warnings) %}
    {% for name, file in report.tables.items() %}
        {% do found.parts.update({name: file.parts}) %}
        {% do found.has_rows.update({name: file.has_rows}) %}
        {% do found.faults.extend(file.faults) %}
        {% do found.warnings.extend(file.warnings) %}
        {# A broken file is there: its fault is enough, the pair is not incomplete. #}
        {% if file.faults and not file.parts %}
            {% do found.has_rows.update({name: none}) %}
        {% endif %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}
