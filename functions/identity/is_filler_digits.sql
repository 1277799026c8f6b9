{%- set up = "'0123456789012345678901234567890'" -%}
{%- set down = "'0987654321098765432109876543210'" -%}
case
    when not {{ regex_full_match("digits", "[0-9]+") }} then false
    when digits = repeat(left(digits, 1), length(digits)) then true
    when length(digits) between 3 and 20
        then {{ up }} like '%' || digits || '%' or {{ down }} like '%' || digits || '%'
    else false
end
