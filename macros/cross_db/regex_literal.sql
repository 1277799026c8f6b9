{#
    Spark unescapes backslashes, DuckDB keeps them. A long expression is joined from lines, which
    the engines take for one constant.
#}
{% macro regex_literal(pattern) %}
    {%- set lines = [] -%}
    {%- for start in range(0, [pattern | length, 1] | max, 80) -%}
        {%- do lines.append(
            adapter.dispatch("regex_literal", "one360")(pattern[start:start + 80])
        ) -%}
    {%- endfor -%}
    {{- return(lines[0] if lines | length == 1 else "(" ~ lines | join("\n|| ") ~ ")") -}}
{% endmacro %}

{% macro default__regex_literal(pattern) %}
    {{- return("'" ~ pattern.replace("'", "''") ~ "'") -}}
{% endmacro %}

{% macro spark__regex_literal(pattern) %}
    {{- return("'" ~ pattern.replace("\\", "\\\\").replace("'", "\\'") ~ "'") -}}
{% endmacro %}
