{#
    A number with four decimals from a number or text: currency signs, thousands commas,
    full-width digits, and minus as - or brackets or at the end. NULL where it is no number,
    and for 1,5: a decimal comma cannot be told from a thousands comma.
#}
{% macro parse_money(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set read = "^[-+]?(?:\\d{1,14}\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d{1,2})?$" -%}
    {%- set bare = regex_replace_all(
        squeeze_text(fold_width(value)),
        "^([-+]?) ?(?:[$¥£€₩]|(?i:rmb|cny|usd|hkd)) ?|\\s?(?:元|圆|(?i:rmb|cny|yuan))$", "\\1"
    ) -%}
    {%- set signed = regex_replace_all(bare, "^\\((.+)\\)$|^([0-9.,]+)-$", "-\\1\\2") -%}
    {%- set joined = regex_replace_all(
        signed, "^([-+]?\\d{1,3}),(\\d{3})(?:,(\\d{3}))?(?:,(\\d{3}))?(\\.\\d*)?$", "\\1\\2\\3\\4\\5"
    ) -%}
    {{- return(
        "case when not (" ~ is_text(expression) ~ ") then try_cast("
        ~ expression ~ " as decimal(18, 4))"
        ~ " when " ~ regex_full_match(value, "-?\\d{1,14}(?:\\.\\d+)?")
        ~ " then try_cast(" ~ value ~ " as decimal(18, 4))"
        ~ " when " ~ value ~ " is not null then try_cast("
        ~ regex_extract(joined, read) ~ " as decimal(18, 4)) end"
    ) -}}
{% endmacro %}
