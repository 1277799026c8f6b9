{# Lower-case texts that people and exports write for "no value". #}
{% macro placeholders() %}
    {{- return([
        "-", "--", "/", "n/a", "#n/a", "na", "nan", "nil", "none", "null", "(null)", "<null>",
        "\\n", "undefined", "unknown",
        "无", "暂无", "没有", "未知", "不详", "未填写",
    ]) -}}
{% endmacro %}

{# An expression, or NULL where it is such a text in any case, or empty. #}
{% macro without_placeholder(expression) %}
    {%- set texts = [] -%}
    {%- for text in placeholders() -%}{%- do texts.append(modules.re.escape(text)) -%}{%- endfor -%}
    {{- return(
        "nullif(" ~ regex_replace_all(expression, "^(?i:" ~ texts | join("|") ~ ")$") ~ ", '')"
    ) -}}
{% endmacro %}
