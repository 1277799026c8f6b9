{%- set apart = "[ ().-]{0,2}" -%}
{%- set label = "[0-9A-Za-z-]+" -%}
{%- set email = (
    "[0-9A-Za-z._+-]+(?:@|%40)(?:" ~ label ~ "\\.)+(?:[A-Za-z]{2,63}|xn--" ~ label ~ ")"
) -%}
{%- set phone = (
    "(?:\\+|%2B)[0-9](?:" ~ apart ~ "[0-9]){7,14}"
    ~ "|(?:(?:00)?86" ~ apart ~ ")?1[3-9](?:" ~ apart ~ "[0-9]){9}"
) -%}
{%- set number = "[0-9](?:" ~ apart ~ "[0-9]){9,18}[Xx]?" -%}
{%- set before = "(^|[^0-9A-Za-z*])" -%}
{%- set after = "($|[^0-9A-Za-z*])" -%}
{%- set text = function("normalise_text") ~ "(value)" -%}
{%- set no_email = regex_replace_all(text, email, "[email]") -%}
{%- set phones = before ~ "(?:" ~ phone ~ ")" ~ after -%}
{%- set fewer_phones = regex_replace_all(no_email, phones, "\\1[phone]\\2") -%}
{%- set no_phone = regex_replace_all(fewer_phones, phones, "\\1[phone]\\2") -%}
{%- set numbers = before ~ "(?:" ~ number ~ ")" ~ after -%}
{%- set fewer_numbers = regex_replace_all(no_phone, numbers, "\\1[number]\\2") -%}
{%- set no_number = regex_replace_all(fewer_numbers, numbers, "\\1[number]\\2") -%}
{%- set short = before ~ "(?:" ~ short_phones() ~ ")" ~ after -%}
{%- set fewer_short = regex_replace_all(no_number, short, "\\1[phone]\\2") -%}
{%- set no_short = regex_replace_all(fewer_short, short, "\\1[phone]\\2") -%}
case
    when value is null then null
    when {{ regex_matches("cast(value as string)", "@|%40|[0-9][0-9 ().-]{6}") }}
        then {{ no_short }}
    else {{ function("normalise_text") }}(value)
end
