{# Lower-case texts that people and exports write for "no value". #}
{% macro placeholders() %}
    {{- return([
        "", "-", "--", "/", "n/a", "#n/a", "na", "nan", "nil", "none", "null", "(null)", "<null>", "\\n",
        "undefined", "unknown", "无", "暂无", "没有", "未知", "不详", "未填写",
    ]) -}}
{% endmacro %}

{# An expression, or NULL where it is such a text. #}
{% macro without_placeholder(expression) %}
    {%- set texts = [] -%}
    {%- for text in placeholders() -%}{%- do texts.append(regex_literal(text)) -%}{%- endfor -%}
    {{- return(
        "case when length(" ~ expression ~ ") > 9 then " ~ expression
        ~ " when lower(" ~ expression ~ ") not in (" ~ texts | join(", ") ~ ") then " ~ expression ~ " end"
    ) -}}
{% endmacro %}
