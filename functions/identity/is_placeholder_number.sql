{%- set text = "upper(" ~ regex_replace_all("value", "[^\\p{L}\\p{N}]+") ~ ")" -%}
{%- set words = [
    "0+", "TEST[0-9]{0,3}", "DEMO", "SAMPLE", "DUMMY", "TEMP", "NA", "NAN", "NIL", "NONE", "NULL",
    "UNKNOWN", "UNDEFINED",
] -%}
case
    when value is null then false
    when {{ regex_full_match("value", "-[0-9]+") }} then true
    when {{ regex_full_match(text, words | join("|")) }} then true
    when
        {{ regex_full_match(text, "[0-9A-Z]{4,}") }}
        and {{ text }} = repeat(left({{ text }}, 1), length({{ text }}))
        then true
    when length({{ text }}) > 5 then {{ function("is_filler_digits") }}({{ text }})
    else false
end
