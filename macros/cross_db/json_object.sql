{#
    A JSON text of named values, NULLs included: {name: expression}. The engines build it
    differently.
#}
{% macro json_object(values) %}
    {{- return(adapter.dispatch('json_object', 'one360')(values)) -}}
{% endmacro %}

{% macro default__json_object(values) %}
    {%- set parts = [] -%}
    {%- for name, expression in values.items() -%}
        {%- do parts.append("'" ~ name ~ "', " ~ expression) -%}
    {%- endfor -%}
    {{- return("cast(json_object(" ~ parts | join(", ") ~ ") as string)") -}}
{% endmacro %}

{% macro spark__json_object(values) %}
    {%- set parts = [] -%}
    {%- for name, expression in values.items() -%}
        {%- do parts.append("'" ~ name ~ "', " ~ expression) -%}
    {%- endfor -%}
    {{- return("to_json(named_struct(" ~ parts | join(", ") ~ "), map('ignoreNullFields', 'false'))") -}}
{% endmacro %}
