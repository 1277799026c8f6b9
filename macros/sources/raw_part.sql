{#
    The engines name the reading of files differently. For a mapping of events Spark reads JSON by
    the line, as its columns may be nested in any way.
#}
{% macro raw_part(part, mapping={}) %}
    {% if part.format == "relation" %}
        {{ return(part.relation.render()) }}
    {% endif %}
    {{ return(adapter.dispatch("raw_part", "one360")(part, mapping)) }}
{% endmacro %}

{% macro default__raw_part(part, mapping) %}
    {% set paths = [] %}
    {% for path in part.paths %}
        {% do paths.append(dbt.string_literal(file_pattern(path).replace("'", "''"))) %}
    {% endfor %}
    {% set paths = "[" ~ (paths | join(", ")) ~ "]" %}
    {% if part.format == "parquet" %}
        {{ return("read_parquet(" ~ paths ~ ", hive_partitioning = false)") }}
    {% endif %}
    {% set types = [] %}
    {% for name in part.columns %}
        {% do types.append(dbt.string_literal(name.replace("'", "''")) ~ ": 'VARCHAR'") %}
    {% endfor %}
    {% set columns = "columns = {" ~ (types | join(", ")) ~ "}" %}
    {% if part.format == "csv" %}
        {{ return(
            "read_csv(" ~ paths ~ ", auto_detect = false, header = true, delim = '"
            ~ part.delimiter ~ "', quote = '\"', escape = '\"', " ~ columns ~ ")"
        ) }}
    {% endif %}
    {{ return(
        "read_json(" ~ paths ~ ", format = 'newline_delimited', maximum_object_size = 67108864, "
        ~ columns ~ ")"
    ) }}
{% endmacro %}

{% macro spark__raw_part(part, mapping) %}
    {% set branches = [] %}
    {% for path in part.paths %}
        {% if part.format == "parquet" %}
            {% set file = "parquet.`" ~ file_pattern(path) ~ "`" %}
        {% elif part.format == "csv" %}
            {% set file = "csv.`" ~ file_pattern(path) ~ "` with (header 'true', quote '\"', escape '\"', "
                ~ "multiLine 'true', sep '" ~ part.delimiter ~ "')" %}
        {% elif mapping %}
            {% set file = "(select value as line from text.`" ~ file_pattern(path) ~ "`)" %}
        {% else %}
            {% set file = "json.`" ~ file_pattern(path) ~ "` with (primitivesAsString 'true')" %}
        {% endif %}
        {% do branches.append("select * from " ~ file) %}
    {% endfor %}
    {{ return("(" ~ (branches | join(" union all ")) ~ ")") }}
{% endmacro %}

{# The name of one file, where engines take a name for a glob; a place behind a URL stays. #}
{% macro file_pattern(path) %}
    {%- if "://" in path -%}
        {{- return(path) -}}
    {%- endif -%}
    {{- return(modules.re.sub("([\\[*?])", "[\\1]", path)) -}}
{% endmacro %}
