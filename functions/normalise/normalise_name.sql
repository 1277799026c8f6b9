{%- set text = "cast(value as string)" -%}
{%- set squeezed = function("squeeze_text") ~ "(" ~ function("fold_width") ~ "(value))" -%}
case
    when {{ regex_full_match(text, "[!-~\\x{4e00}-\\x{9fff}]+") }}
        then {{ function("without_placeholder") }}(value)
    when value is not null then {{ function("without_placeholder") }}({{ squeezed }})
end
