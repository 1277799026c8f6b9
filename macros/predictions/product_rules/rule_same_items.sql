{% macro rule_same_items(one, other, members) %}
    {%- set conditions = [] -%}
    {%- for member in members -%}
        {%- do conditions.append(one ~ ".item_" ~ member ~ " = " ~ other ~ ".item_" ~ member) -%}
    {%- endfor -%}
    {{- return(conditions | join(" and ")) -}}
{% endmacro %}
