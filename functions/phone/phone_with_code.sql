{%- set known = "^(" ~ phone_rules().calling_codes.keys() | join("|") ~ ")" -%}
case
    when {{ regex_matches("number", known) }} then {{ regex_replace_all("number", known, "\\1 ") }}
end
