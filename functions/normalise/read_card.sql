{%- set text = "cast(value as string)" -%}
{%- set id = function("normalise_id") ~ "(" ~ function("fold_width") ~ "(value))" -%}
case
    when exceptions is null and {{ regex_full_match(text, "[0-9A-Z]*[1-9][0-9A-Z]*") }}
        then {{ text }}
    when not {{ function("is_placeholder_id") }}({{ id }}, column_name, exceptions)
        then {{ function("normalise_card") }}(value)
end
