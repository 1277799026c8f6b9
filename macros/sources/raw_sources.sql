{#
    The declared source tables of this project: name (crm.members), relation, columns
    (name, type, is_optional) and what their config.meta says: format, encoding,
    delimiter, and for a table of orders the name of its table of lines.
#}
{% macro raw_sources() %}
    {% set tables = [] %}
    {% for node in graph.sources.values() if node.package_name == "one360" and node.schema == "raw" %}
        {% set columns = [] %}
        {% for column in node.columns.values() %}
            {% do columns.append({
                "name": column.name,
                "type": column.data_type,
                "is_optional": column.get("config", {}).get("meta", {}).get("optional", false),
            }) %}
        {% endfor %}
        {% do tables.append({
            "name": node.source_name ~ "." ~ node.name,
            "relation": api.Relation.create(
                database=node.database, schema=node.schema, identifier=node.identifier
            ),
            "columns": columns,
            "yaml": node.original_file_path,
            "encoding": node.config.meta.get("encoding", "utf-8"),
            "delimiter": node.config.meta.get("delimiter", ","),
            "lines": node.source_name ~ "." ~ node.config.meta.lines if "lines" in node.config.meta,
        }) %}
    {% endfor %}
    {{ return(tables | sort(attribute="name")) }}
{% endmacro %}
