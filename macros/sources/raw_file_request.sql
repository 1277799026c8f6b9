{% macro raw_file_request(table, given) %}
    {% set types = {} %}
    {% for column in table.columns %}
        {% do types.update({column.name: column.type}) %}
    {% endfor %}
    {% set request = {
        "name": table.name,
        "columns": types,
        "encoding": table.encoding,
        "delimiter": table.delimiter,
    } %}
    {% if given is mapping %}
        {% set unknown = given.keys() | reject("in", ["path", "format", "encoding", "delimiter"]) | list %}
        {% if unknown or "path" not in given
            or given.get("format", "csv") not in ("parquet", "csv", "jsonl") %}
            {{ exceptions.raise_compiler_error(
                "raw_files " ~ table.name ~ " is " ~ (given | tojson)
                ~ "; expected path, and if need be format (parquet, csv, jsonl), encoding, delimiter"
            ) }}
        {% endif %}
        {% do request.update(given) %}
    {% elif given is not none %}
        {% do request.update({"path": given | string}) %}
    {% endif %}
    {{ return(request) }}
{% endmacro %}
