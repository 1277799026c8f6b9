{%- set text = "cast(value as string)" -%}
case
    when {{ regex_full_match(text, "[!-~]*[0-9][!-~]*") }} then {{ text }}
    when value is not null
        then {{ function("without_placeholder") }}({{ function("squeeze_text") }}(value))
end
