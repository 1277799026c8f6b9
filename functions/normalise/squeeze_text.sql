{%- set invisible = (
    "[\\x{ad}\\x{200b}\\x{200e}\\x{200f}\\x{202a}-\\x{202e}\\x{2060}-\\x{2069}\\x{feff}]+"
) -%}
{%- set seen = regex_replace_all("cast(value as string)", invisible) -%}
trim({{ regex_replace_all(seen, "[\\s\\p{Z}\\p{Cc}]+", " ") }})
