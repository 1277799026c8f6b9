{%- set text = "cast(value as string)" -%}
{%- set folded %}{{ function("squeeze_text") }}({{ function("fold_width") }}(value)){% endset -%}
{%- set dashed = regex_replace_all(
    folded, "^(\\d{4}) ?[-/.年] ?(\\d{1,2}) ?[-/.月] ?(\\d{1,2})(?: ?日)?", "\\1-\\2-\\3"
) -%}
{%- set dated = regex_replace_all(
    dashed, "^(\\d{4})(\\d{2})(\\d{2})($|[ T]|\\d{6}$)", "\\1-\\2-\\3\\4"
) -%}
{%- set timed = regex_replace_all(
    dated, "^(\\d{4}-\\d{2}-\\d{2})[ T]?(\\d{2})(\\d{2})(\\d{2})$", "\\1 \\2:\\3:\\4"
) -%}
{%- set zoned = regex_replace_all(timed, " ?(?:Z|UTC|GMT)$| ([+-][0-9:]+$)", "\\1") -%}
{%- set usual = "\\d{4}-\\d{2}-\\d{2}(?:[ T](?:[01]\\d|2[0-3]):\\d{2}:\\d{2}(?:\\.\\d+)?)?" -%}
{%- set known = (
    "^\\d{4}-\\d{1,2}-\\d{1,2}(?:[ T](?:[01]?\\d|2[0-3]):\\d{2}(?::\\d{2}(?:\\.\\d+)?)?"
    ~ "(?:[+-](?:0\\d|1[0-4])(?::?[0-5]\\d)?)?)?$"
) -%}
case
    when not {{ is_text("value") }} then try_cast(value as timestamp)
    when {{ regex_full_match(text, usual) }} then try_cast({{ text }} as timestamp)
    when value is not null then {{ timestamp_with_offset(regex_extract(zoned, known)) }}
end
