{%- set text = "cast(value as string)" -%}
case
    when {{ regex_full_match(text, "[a-z]+_[a-z0-9_]+") }} then {{ text }}
    when {{ regex_full_match(text, "[a-z]+") }} then {{ function("without_placeholder") }}(value)
    when value is not null
        then lower({{ function("without_placeholder") }}({{ function("squeeze_text") }}(value)))
end
