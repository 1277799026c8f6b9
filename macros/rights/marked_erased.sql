{# The rows of a raw table as delivered, and is_erased: whether a column names an erased person. #}
{% macro marked_erased(table, delivered) %}
    {%- set joins, conditions = [], [] -%}
    {%- for column in table.columns if column.identifier -%}
        {%- for form in erased_forms(column.identifier, "delivered." ~ column.name) -%}
            {%- set alias = "erased_" ~ (joins | length + 1) -%}
            {%- do joins.append(
                "left join " ~ erasure_table("erased_identifiers") ~ " as " ~ alias ~ " on "
                ~ erased_hash("'" ~ column.identifier ~ "|' || " ~ form) ~ " = " ~ alias ~ ".identifier_hash"
            ) -%}
            {%- do conditions.append(alias ~ ".identifier_hash is not null") -%}
        {%- endfor -%}
    {%- endfor -%}
    {{- return(
        "select delivered.*, " ~ (conditions | join(" or ") or "false") ~ " as is_erased\nfrom ("
        ~ delivered ~ ") as delivered\ncross join " ~ erasure_table("erasure_key") ~ " as erasure_key\n"
        ~ joins | join("\n")
    ) -}}
{% endmacro %}
