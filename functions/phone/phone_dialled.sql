{%- set rules = phone_rules() -%}
{%- set usual_digits = "0123456789" * (rules.decimal_digits | length // 10) -%}
{%- set keyed -%}
    translate(upper(bare), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '{{ rules.letter_keys }}')
{%- endset -%}
{%- set folded -%}
    translate(
        bare,
        {{ regex_literal(rules.decimal_digits) | indent(8) }},
        {{ regex_literal(usual_digits) | indent(8) }}
    )
{%- endset -%}
case
    when value is null then null
    when {{ function("phone_is_plain") }}(value)
        then {{ regex_replace_all("cast(value as string)", "[ ()-]+") }}
    when bare is not null
        then case
            when {{ regex_matches("bare", "^[+＋]") }} then '+'
            else ''
        end || case
            when {{ regex_matches("bare", "[A-Za-z].*[A-Za-z].*[A-Za-z]") }}
                then {{ regex_replace_all(keyed, "[^0-9]+") }}
            else {{ regex_replace_all(folded, "[^0-9]+") }}
        end
end
