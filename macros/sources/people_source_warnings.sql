{% macro people_source_warnings(found) %}
    {% set inputs = [
        "input_people", "input_orders", "input_events", "input_calls", "input_tickets",
    ] %}
    {% set names = [] %}
    {% for node in graph.nodes.values() if node.name in inputs %}
        {% for id in node.depends_on.nodes if ".stg_" in id %}
            {% do names.append((id | string).split(".stg_")[1].replace("__", ".")) %}
        {% endfor %}
    {% endfor %}
    {% set state = namespace(is_empty=true) %}
    {% for name in names if name in found.has_rows %}
        {% if found.has_rows[name] is none or (found.parts[name] and found.has_rows[name]) %}
            {% set state.is_empty = false %}
        {% endif %}
    {% endfor %}
    {% set warnings = [] %}
    {% if names and state.is_empty %}
        {% do warnings.append(
            found.place ~ " tells of nobody (" ~ names | unique | sort | join(", ")
            ~ "): customers and what is made of them come out empty"
        ) %}
    {% endif %}
    {{ return(warnings) }}
{% endmacro %}
