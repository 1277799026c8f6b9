{%- set text = function("unguarded") ~ "(value)" -%}
case
    when not {{ function("is_written_float") }}(value) then {{ text }}
    when not {{ function("has_lost_digits") }}(value)
        then case
            when {{ regex_matches(text, "[eE]") }}
                then cast(try_cast({{ text }} as decimal(38, 0)) as string)
            else {{ regex_replace_all(text, "\\.0+$") }}
        end
end
