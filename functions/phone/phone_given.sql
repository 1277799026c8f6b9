case
    when cast(value as string) like '%**%' or cast(value as string) like '%＊＊%' then null
    when {{ function("is_written_float") }}({{ function("squeeze_text") }}(value))
        then {{ function("repaired_number") }}({{ function("squeeze_text") }}(value))
    else coalesce({{ function("phone_listed") }}(value, 1), cast(value as string))
end
