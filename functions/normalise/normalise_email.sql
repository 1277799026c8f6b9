{%- set atom = "[a-z0-9!#$%&'+/=?^_`{|}~-]+" -%}
{%- set label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?" -%}
{%- set top = "(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})" -%}
{%- set address = atom ~ "(?:\\." ~ atom ~ ")*@(?:" ~ label ~ "\\.)+" ~ top -%}
{%- set foreign = "[^\\x{0}-\\x{7f}\\x{ff01}-\\x{ff5e}\\p{Z}\\p{Cc}\\p{Cf}]" -%}
{%- set text = "cast(value as string)" -%}
{%- set named = "(?s)^[^<>@]*[^<>@\\s][^<>@]*<([^<>]+)>\\s*$" -%}
{%- set inner %}case
    when {{ regex_matches(text, named) }} then {{ regex_extract(text, named, 1) }}
    else {{ text }}
end{% endset -%}
{%- set folded %}lower({{ function("squeeze_text") }}({{ function("fold_width") }}({{ inner }}))){% endset -%}
case
    when length({{ text }}) > 254 then null
    when {{ regex_full_match(text, address) }} then {{ text }}
    when not {{ regex_matches(inner, foreign) }}
        then nullif({{ regex_extract(folded, "^<?(?:mailto:)? ?(" ~ address ~ ")>?$", 1) }}, '')
end
