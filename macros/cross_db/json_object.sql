{#
    A JSON text of named values, NULLs included: {name: expression}. The engines build it
    differently.
#}
{% macro json_object(values) %}
    {{- return(adapter.dispatch('json_object', 'one360')(values)) -}}
{% endmacro %}

{# DuckDB's JSON drops digits of some decimals, so they are written as they are. #}
{% macro default__json_object(values) %}
    {%- set parts = [] -%}
    {%- for name, expression in values.items() -%}
        {%- do parts.append(
            "'\"" ~ name ~ "\":' || case when " ~ expression ~ " is null then 'null' when typeof("
            ~ expression ~ ") like 'DECIMAL%' then cast(" ~ expression
            ~ " as string) else cast(to_json(" ~ expression ~ ") as string) end"
        ) -%}
    {%- endfor -%}
    {{- return("'{' || " ~ parts | join(" || ',' || ") ~ " || '}'") -}}
{% endmacro %}

{% macro spark__json_object(values) %}
    {%- set parts = [] -%}
    {%- for name, expression in values.items() -%}
        {%- do parts.append("'" ~ name ~ "', " ~ expression) -%}
    {%- endfor -%}
    {{- return("to_json(named_struct(" ~ parts | join(", ") ~ "), map('ignoreNullFields', 'false'))") -}}
{% endmacro %}
