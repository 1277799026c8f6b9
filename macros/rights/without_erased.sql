{#
    A raw table without what names erased people. The rows go, but for the orders where variable
    erased_orders keeps them: their personal columns are empty, so that takings stay as they were.

    views: SQL of all raw tables by name, as delivered.
#}
{% macro without_erased(table, views) %}
    {%- set keeps = table.lines and var("erased_orders") == "keep" -%}
    {%- set expressions, joins, conditions = [], [], [] -%}
    {%- for column in table.columns -%}
        {%- do expressions.append(
            "case when not marked.is_erased then marked." ~ column.name ~ " end as " ~ column.name
            if keeps and column.personal else "marked." ~ column.name
        ) -%}
    {%- endfor -%}
    {%- if not keeps and table.columns | selectattr("identifier") | list -%}
        {%- do conditions.append("not marked.is_erased") -%}
    {%- endif -%}
    {%- for header in raw_tables() if header.lines == table.name and var("erased_orders") == "remove" -%}
        {%- set key = header.key[0] -%}
        {%- do joins.append(
            "\nleft join (select distinct " ~ key ~ " as erased_key from ("
            ~ marked_erased(header, views[header.name]) ~ ") as headers where is_erased) as erased_headers"
            ~ " on marked." ~ key ~ " = erased_headers.erased_key"
        ) -%}
        {%- do conditions.append("erased_headers.erased_key is null") -%}
    {%- endfor -%}
    {%- if not conditions and not keeps -%}
        {{- return(views[table.name]) -}}
    {%- endif -%}
    {{- return(
        "select " ~ expressions | join(", ") ~ "\nfrom (" ~ marked_erased(table, views[table.name])
        ~ ") as marked" ~ joins | join ~ ("\nwhere " ~ conditions | join(" and ") if conditions else "")
    ) -}}
{% endmacro %}
