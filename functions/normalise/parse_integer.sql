{%- set text = "cast(value as string)" -%}
{%- set folded %}{{ function("squeeze_text") }}({{ function("fold_width") }}(value)){% endset -%}
case
    when not {{ is_text("value") }}
        then case
            when try_cast(value as bigint) = try_cast(value as decimal(18, 4))
                then try_cast(value as bigint)
        end
    when {{ regex_full_match(text, "-?\\d{1,18}") }} then try_cast({{ text }} as bigint)
    when value is not null
        then try_cast({{ regex_extract(folded, "^([-+]?\\d{1,18})(?:\\.0*)?$", 1) }} as bigint)
end
