{#
    A raw table without what is past its limit: rows go, and lines with their orders; orders that are
    blanked lose their personal columns. As delivered where no limit is of it.

    limits: those of bound_limits.
    views: SQL of all raw tables by name, as delivered.
#}
{% macro without_expired(table, limits, views) %}
    {%- set expressions, joins, conditions = [], [], [] -%}
    {%- set blanks = limits_of(limits, table, "blank") -%}
    {%- for column in table.columns -%}
        {%- do expressions.append(
            "case when not " ~ is_past_limit(table, blanks[0]) ~ " then " ~ column.name ~ " end as " ~ column.name
            if blanks and column.personal else column.name
        ) -%}
    {%- endfor -%}
    {%- for limit in limits_of(limits, table, "remove") -%}
        {%- do conditions.append("not " ~ is_past_limit(table, limit)) -%}
    {%- endfor -%}
    {%- for header in raw_tables() if header.lines == table.name -%}
        {%- for limit in limits_of(limits, header, "remove") -%}
            {%- set key = "trim(cast(" ~ header.key[0] ~ " as string))" -%}
            {%- do joins.append(
                "\nleft join (select " ~ key ~ " as expired_key from (" ~ views[header.name]
                ~ ") as headers group by " ~ key ~ " having min(case when " ~ is_past_limit(header, limit)
                ~ " then 1 else 0 end) = 1) as expired_headers on " ~ key ~ " = expired_headers.expired_key"
            ) -%}
            {%- do conditions.append("expired_headers.expired_key is null") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if not conditions and not blanks -%}
        {{- return(views[table.name]) -}}
    {%- endif -%}
    {{- return(
        "select " ~ expressions | join(", ") ~ "\nfrom (" ~ views[table.name] ~ ") as delivered" ~ joins | join
        ~ ("\nwhere " ~ conditions | join(" and ") if conditions else "")
    ) -}}
{% endmacro %}
