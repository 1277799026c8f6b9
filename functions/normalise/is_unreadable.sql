value is null and {{ function("without_placeholder") }}({{ function("squeeze_text") }}(raw)) is not null
