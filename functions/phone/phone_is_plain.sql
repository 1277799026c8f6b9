{%- set text = "cast(value as string)" -%}
(
    {{ regex_full_match(text, "[+]?[0-9]{3,40}") }}
    or {{ regex_full_match(text, "[ (]{0,40}[+]?[ ()-]{0,40}[0-9][0-9 ()-]{2,60}") }}
)
