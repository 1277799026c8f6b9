{% macro raw_type_family(type) %}
    {% set name = type | lower | replace('"', "") %}
    {% if name.endswith("]") or name.startswith(("struct", "map", "array", "list")) %}
        {{ return("other") }}
    {% elif name in ("null", "void") %}
        {{ return("nothing") }}
    {% elif name.startswith(("varchar", "string", "text", "char", "enum", "uuid", "json")) %}
        {{ return("text") }}
    {% elif name in (
        "tinyint", "smallint", "int", "integer", "bigint", "hugeint", "long", "short", "byte",
        "utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"
    ) %}
        {{ return("integer") }}
    {% elif name.startswith(("decimal", "numeric", "double", "float", "real")) %}
        {{ return("number") }}
    {% elif name.startswith("bool") %}
        {{ return("boolean") }}
    {% elif name == "date" %}
        {{ return("date") }}
    {% elif name.startswith("timestamp") %}
        {{ return("timestamp") }}
    {% endif %}
    {{ return("other") }}
{% endmacro %}
