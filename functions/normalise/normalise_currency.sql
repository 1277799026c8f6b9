{%- set folded %}{{ function("squeeze_text") }}({{ function("fold_width") }}(value)){% endset -%}
{%- set code = "upper(" ~ function("without_placeholder") ~ "(" ~ folded ~ "))" -%}
case
    when {{ regex_full_match("cast(value as string)", "[A-Z]{3}") }} and value <> 'RMB' then value
    when value is not null then case when {{ code }} = 'RMB' then 'CNY' else {{ code }} end
end
