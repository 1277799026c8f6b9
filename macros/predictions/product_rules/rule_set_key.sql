{# A set has at least one item, and its empty places come last. #}
{% macro rule_set_key(members) %}
    {%- set parts = [] -%}
    {%- for member in members -%}
        {%- set number = "cast(item_" ~ member ~ " as string)" -%}
        {%- do parts.append(number if loop.first else "coalesce('-' || " ~ number ~ ", '')") -%}
    {%- endfor -%}
    {{- return(parts | join(" || ")) -}}
{% endmacro %}
