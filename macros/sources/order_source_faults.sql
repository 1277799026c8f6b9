{% macro order_source_faults(tables, found) %}
    {% set faults = [] %}
    {% set orders = tables | selectattr("lines") | list %}
    {% set state = namespace(has_rows=false) %}
    {% set others = [] %}
    {% for name, parts in found.parts.items() if parts and found.has_rows[name] %}
        {% do others.append(name) %}
    {% endfor %}
    {% for table in orders %}
        {% set headers_there = found.parts[table.name] or found.has_rows[table.name] is none %}
        {% set lines_there = found.parts[table.lines] or found.has_rows[table.lines] is none %}
        {% if headers_there and not lines_there %}
            {% do faults.append(
                found.place ~ " has " ~ table.name ~ " without " ~ table.lines ~ "; expected both or none"
            ) %}
        {% elif lines_there and not headers_there %}
            {% do faults.append(
                found.place ~ " has " ~ table.lines ~ " without " ~ table.name ~ "; expected both or none"
            ) %}
        {% elif found.parts[table.name] and found.parts[table.lines]
            and found.has_rows[table.name] != found.has_rows[table.lines] %}
            {% set empty = table.lines if found.has_rows[table.name] else table.name %}
            {% set filled = table.name if found.has_rows[table.name] else table.lines %}
            {% do faults.append(
                found.parts[empty][0].name ~ ": has no row although " ~ filled
                ~ " has some; expected rows in both or none"
            ) %}
        {% endif %}
        {% set state.has_rows = state.has_rows or found.has_rows[table.name]
            or found.has_rows[table.name] is none %}
    {% endfor %}
    {% set names = orders | map(attribute="name") | join(", ") %}
    {% if not others and not state.has_rows and not faults %}
        {% do faults.append(
            found.place ~ " has no row in any raw table; run `make build` or `one360 import orders FILE`"
        ) %}
    {% elif not state.has_rows and not faults %}
        {% do exceptions.warn(
            found.place ~ " has no order (" ~ names ~ "): what is made of orders comes out empty"
        ) %}
    {% endif %}
    {{ return(faults) }}
{% endmacro %}
