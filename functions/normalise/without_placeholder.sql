{%- set placeholders = [
    "-", "--", "/", "n/a", "#n/a", "na", "nan", "nil", "none", "null", "\\(null\\)", "<null>",
    "\\\\n", "undefined", "unknown", "无", "暂无", "没有", "未知", "不详", "未填写",
] -%}
{%- set placeholder = "^(?i:" ~ placeholders | join("|") ~ ")$" -%}
nullif({{ regex_replace_all("cast(value as string)", placeholder) }}, '')
