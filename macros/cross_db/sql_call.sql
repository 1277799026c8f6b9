{% macro sql_call(name, arguments) %}
    {%- set line = name ~ "(" ~ arguments | join(", ") ~ ")" -%}
    {%- if line | length <= 80 and "\n" not in line -%}
        {{- return(line) -}}
    {%- endif -%}
    {{- return(name ~ "(\n    " ~ arguments | join(",\n") | indent(4) ~ "\n)") -}}
{% endmacro %}
