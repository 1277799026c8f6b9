{%- set codes = phone_rules().calling_codes.keys() | join("|") -%}
{%- set national = regex_extract("phone", "^[+](?:" ~ codes ~ ")([0-9]+)$", 1) -%}
case
    when phone is null then false
    when right(phone, 8) = repeat(right(phone, 2), 4) then true
    when coalesce(length({{ national }}), 0) < 7 then false
    when length({{ national }}) > 10
        then {{ function("is_filler_digits") }}(right({{ national }}, 8))
    else right(phone, 7) = repeat(right(phone, 1), 7)
end
