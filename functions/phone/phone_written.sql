{%- set text = "cast(value as string)" -%}
{%- set from_first_digit = regex_extract(text, "(?s)[+＋\\p{Nd}].*") -%}
{%- set trimmed = regex_replace_all(from_first_digit, "[^#\\p{L}\\p{N}]+\\z") -%}
case
    when value is null or {{ function("phone_is_plain") }}(value) then null
    when length({{ text }}) <= 250
        then {{ regex_replace_all(trimmed, "(?s)(?:[\\\\/] *x|;isub=).*\\z") }}
end
