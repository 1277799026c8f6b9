case
    when cast(value as string) like '%**%' or cast(value as string) like '%＊＊%' then null
    when {{ function("is_written_float") }}({{ function("squeeze_text") }}(value))
        then {{ function("repaired_number") }}({{ function("squeeze_text") }}(value))
    else cast(value as string)
end
