{%- set text = "cast(value as string)" -%}
{%- set folded %}{{ function("squeeze_text") }}({{ function("fold_width") }}(value)){% endset -%}
{%- set bare = regex_replace_all(
    folded,
    "^([-+]?) ?(?:[$¥£€₩]|(?i:rmb|cny|usd|hkd)) ?|\\s?(?:元|圆|(?i:rmb|cny|yuan))$", "\\1"
) -%}
{%- set signed = regex_replace_all(bare, "^\\((.+)\\)$|^([0-9.,]+)-$", "-\\1\\2") -%}
{%- set joined = regex_replace_all(
    signed, "^([-+]?\\d{1,3}),(\\d{3})(?:,(\\d{3}))?(?:,(\\d{3}))?(\\.\\d*)?$", "\\1\\2\\3\\4\\5"
) -%}
{%- set number = "^[-+]?(?:\\d{1,14}\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d{1,2})?$" -%}
case
    when not {{ is_text("value") }} then try_cast(value as decimal(18, 4))
    when {{ regex_full_match(text, "-?\\d{1,14}(?:\\.\\d+)?") }}
        then try_cast({{ text }} as decimal(18, 4))
    when value is not null then try_cast({{ regex_extract(joined, number) }} as decimal(18, 4))
end
