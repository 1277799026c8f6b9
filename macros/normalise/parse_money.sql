{#
    A number with four decimals from a number or text: currency signs, thousands commas,
    full-width digits, and minus as - or brackets or at the end. NULL where it is no number,
    and for 1,5: a decimal comma cannot be told from a thousands comma.
#}
{% macro parse_money(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set bare = regex_replace_all(
        squeeze_text("folded"), "^([-+]?) ?(?:[$¥£€₩]|(?i:rmb|cny|usd|hkd)) ?|\\s?(?:元|圆|(?i:rmb|cny|yuan))$", "\\1"
    ) -%}
    {%- set signed = regex_replace_all(bare, "^\\((.+)\\)$|^([0-9.,]+)-$", "-\\1\\2") -%}
    {%- set unusual = let(
        fold_width(value), "folded", let(
            signed, "amount",
            "case when " ~ regex_full_match("amount", "[-+]?\\d{1,3}(?:,\\d{3})+(?:\\.\\d*)?")
            ~ " then try_cast(replace(amount, ',', '') as decimal(18, 4)) when "
            ~ regex_full_match("amount", "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d{1,2})?")
            ~ " then try_cast(amount as decimal(18, 4)) end"
        )
    ) -%}
    {{- return(
        "case when not (" ~ is_text(expression) ~ ") then try_cast("
        ~ expression ~ " as decimal(18, 4))"
        ~ " when " ~ regex_full_match(value, "-?\\d{1,14}(?:\\.\\d+)?")
        ~ " then try_cast(" ~ value ~ " as decimal(18, 4))"
        ~ " when " ~ value ~ " is not null then " ~ unusual ~ " end"
    ) -}}
{% endmacro %}
