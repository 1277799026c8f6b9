{%- set text = "cast(value as string)" -%}
{%- set separators = "[\\s\\p{Pd}\\p{Cf}\\x{fe00}-\\x{fe0f}_.·]+" -%}
{%- set folded = function("squeeze_text") ~ "(" ~ function("fold_width") ~ "(value))" -%}
{%- set repaired = (
    function("squeeze_text") ~ "(" ~ function("repaired_number") ~ "(" ~ folded ~ "))"
) -%}
{%- set said = function("without_placeholder") ~ "(" ~ repaired ~ ")" -%}
case
    when {{ regex_full_match(text, "[0-9A-Z]*[0-9][0-9A-Z]*") }} then {{ text }}
    when {{ regex_matches(text, "[*＊•●]{2}") }} then null
    when value is not null
        then nullif(
            translate(
                {{ regex_replace_all(said, separators) }},
                'abcdefghijklmnopqrstuvwxyz',
                'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
            ),
            ''
        )
end
