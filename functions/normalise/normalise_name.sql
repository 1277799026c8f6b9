{%- set text = "cast(value as string)" -%}
case
    when {{ regex_full_match(text, "[!-~\\x{4e00}-\\x{9fff}]+") }} then {{ function("without_placeholder") }}(value)
    when value is not null then {{ function("without_placeholder") }}({{ function("squeeze_text") }}({{ function("fold_width") }}(value)))
end
