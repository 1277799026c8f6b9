{%- set text = "cast(value as string)" -%}
{%- set from_first_digit = regex_extract(text, "(?s)[+＋\\p{Nd}].*") -%}
{%- set note = "[^\\p{Nd}]*[\\x{4e00}-\\x{9fff}][^\\p{Nd}]*\\z" -%}
{%- set unnoted -%}
    case
        when {{ regex_matches(text, "空号|停机|错|作废|无效|废弃") }} then {{ from_first_digit }}
        else {{ regex_replace_all(from_first_digit, note) }}
    end
{%- endset -%}
{%- set trimmed = regex_replace_all(unnoted, "[^#\\p{L}\\p{N}]+\\z") -%}
case
    when value is null or {{ function("phone_is_plain") }}(value) then null
    when length({{ text }}) <= 250
        then {{ regex_replace_all(trimmed, "(?s)(?:[\\\\/] *x|;isub=).*\\z") }}
end
