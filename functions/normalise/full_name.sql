{%- set characters = "[\\x{3040}-\\x{30ff}\\x{3400}-\\x{9fff}\\x{ac00}-\\x{d7af}]" -%}
case
    when given_name is null or family_name is null then coalesce(family_name, given_name)
    when {{ regex_matches("family_name || given_name", characters) }} then family_name || given_name
    else given_name || ' ' || family_name
end
