{%- set text = "cast(value as string)" -%}
{%- set id = function("normalise_id") ~ "(value)" -%}
case
    when exceptions is null and {{ regex_full_match(text, plain_id()) }} then {{ text }}
    when not {{ function("is_placeholder_id") }}({{ id }}, column_name, exceptions) then {{ id }}
end
