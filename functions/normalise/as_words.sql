{%- set numbered = regex_replace_all("lower(cast(value as string))", "[0-9]+", " # ") -%}
{%- set apart = regex_replace_all(numbered, "([@+%])", " \\1 ") -%}
' ' || trim({{ regex_replace_all(apart, "[^\\p{L}\\p{N}#@+%]+", " ") }}) || ' '
