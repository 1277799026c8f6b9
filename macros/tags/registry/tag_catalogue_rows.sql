{#
    The rows of the seed tag_catalogue as mappings, read while a model is compiled. Empty
    while the project is parsed and where the seed is not loaded yet, so that parse, compile,
    docs and the linter need no warehouse.
#}
{% macro tag_catalogue_rows() %}
    {%- set rows = [] -%}
    {%- if execute -%}
        {%- set seed = built_seed("tag_catalogue") -%}
        {%- if seed is not none -%}
            {%- set columns = adapter.get_columns_in_relation(seed) | map(attribute="name") | list -%}
            {%- set missing = tag_catalogue_columns() | reject("in", columns) | list -%}
            {%- if not missing -%}
                {%- for row in run_query(
                    "select " ~ tag_catalogue_columns() | join(", ") ~ " from " ~ seed ~ " order by tag_code"
                ).rows -%}
                    {%- do rows.append(dict(zip(tag_catalogue_columns(), row))) -%}
                {%- endfor -%}
            {%- elif flags.WHICH in ("build", "run") -%}
                {{ exceptions.raise_compiler_error(
                    "the loaded seed tag_catalogue has no column " ~ missing | join(", ")
                    ~ "; load it anew: dbt seed --select tag_catalogue"
                ) }}
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(rows) }}
{% endmacro %}

{# The columns of the seed, in its order. #}
{% macro tag_catalogue_columns() %}
    {{ return([
        "tag_code", "family", "tag_type", "name_en", "name_zh", "description_en",
        "description_zh", "value_type", "domain", "model_name", "value_column", "score_column",
        "input_columns", "settings", "owner", "version", "status", "refresh", "history",
        "min_coverage", "max_psi",
    ]) }}
{% endmacro %}

{# The table of a seed, or none where it is not loaded. #}
{% macro built_seed(name) %}
    {%- set node = graph.nodes["seed." ~ project_name ~ "." ~ name] -%}
    {{- return(adapter.get_relation(node.database, node.schema, node.alias)) -}}
{% endmacro %}
