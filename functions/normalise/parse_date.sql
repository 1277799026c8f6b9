cast({{ function("parse_timestamp_text") }}(value) as date)
