{%- set apart = "[ ().-]{0,2}" -%}
{%- set email = "[0-9A-Za-z._+-]+(?:@|%40)(?:[0-9A-Za-z-]+\\.)+(?:[A-Za-z]{2,63}|xn--[0-9A-Za-z-]+)" -%}
{%- set phone = (
    "(?:\\+|%2B)[0-9](?:" ~ apart ~ "[0-9]){7,14}"
    ~ "|(?:(?:00)?86" ~ apart ~ ")?1[3-9](?:" ~ apart ~ "[0-9]){9}"
) -%}
{%- set number = "[0-9](?:" ~ apart ~ "[0-9]){9,18}[Xx]?" -%}
{%- set before = "(^|[^0-9A-Za-z*])" -%}
{%- set after = "($|[^0-9A-Za-z*])" -%}
{%- set ns = namespace(text=regex_replace_all(function("normalise_text") ~ "(value)", email, "[email]")) -%}
{%- for pattern, mark in [(phone, "[phone]"), (phone, "[phone]"), (number, "[number]"), (number, "[number]")] -%}
    {%- set ns.text = regex_replace_all(ns.text, before ~ "(?:" ~ pattern ~ ")" ~ after, "\\1" ~ mark ~ "\\2") -%}
{%- endfor -%}
case
    when value is null then null
    when {{ regex_matches("cast(value as string)", "@|%40|[0-9][0-9 ().-]{6}") }}
        then {{ ns.text }}
    else {{ function("normalise_text") }}(value)
end
