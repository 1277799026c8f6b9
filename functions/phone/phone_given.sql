case
    when {{ function("is_written_float") }}({{ function("squeeze_text") }}(value))
        then {{ function("repaired_number") }}({{ function("squeeze_text") }}(value))
    else cast(value as string)
end
