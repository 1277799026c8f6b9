{%- set text = "cast(value as string)" -%}
{%- set separators = "[\\s\\p{Pd}\\p{Cf}\\x{fe00}-\\x{fe0f}_.·]+" -%}
{%- set squeezed = function("squeeze_text") ~ "(" ~ function("fold_width") ~ "(value))" -%}
{%- set folded = function("without_placeholder") ~ "(" ~ squeezed ~ ")" -%}
case
    when {{ regex_full_match(text, "[0-9A-Z]*[0-9][0-9A-Z]*") }} then {{ text }}
    when value is not null
        then nullif(
            translate(
                {{ regex_replace_all(folded, separators) }},
                'abcdefghijklmnopqrstuvwxyz',
                'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
            ),
            ''
        )
end
