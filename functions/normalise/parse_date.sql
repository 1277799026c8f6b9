{%- set offset = "(?:Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)\\s*$" -%}
{%- set text = "cast(value as string)" -%}
{%- set written = regex_replace_all(text, "[ T]0?0:00(?::00(?:[.]0+)?)? ?" ~ offset) -%}
{%- set moment = function("parse_timestamp_text") ~ "(value)" -%}
case
    when not {{ is_text("value") }} then cast({{ moment }} as date)
    when {{ regex_matches(written, ":\\d{2}(?:[.]\\d+)? ?" ~ offset) }}
        then {{ business_date(moment) }}
    when value is not null then cast({{ function("parse_timestamp_text") }}({{ written }}) as date)
end
