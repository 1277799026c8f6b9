{% macro json_members(family) %}
    {%- set members = [] -%}
    {%- for column, type in family_columns(family).items() -%}
        {%- do members.append(json_member(column, column, type)) -%}
    {%- endfor -%}
    {{- return(list_of(members)) -}}
{% endmacro %}
