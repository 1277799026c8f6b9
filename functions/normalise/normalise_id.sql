{%- set text = "cast(value as string)" -%}
case
    when {{ regex_full_match(text, plain_id()) }} then {{ text }}
    when value is not null
        then {{ function("without_placeholder") }}(
            {{ function("squeeze_text") }}(
                {{ function("repaired_number") }}({{ function("squeeze_text") }}(value))
            )
        )
end
