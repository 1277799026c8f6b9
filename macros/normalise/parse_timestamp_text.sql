{#
    A timestamp (UTC) from a timestamp, a date, or text in the common forms: year first,
    parts split by - / . or 年月日 or not at all, with or without a time, with Z or an
    offset. NULL where it is none of these: 01/02/2026 could be two days. Hours end with 23
    and offsets with 14:59: beyond, one engine reads on and the other does not.
#}
{% macro parse_timestamp_text(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set usual = "\\d{4}-\\d{2}-\\d{2}(?:[ T](?:[01]\\d|2[0-3]):\\d{2}:\\d{2}(?:\\.\\d+)?)?" -%}
    {%- set read = (
        "^\\d{4}-\\d{1,2}-\\d{1,2}(?:[ T](?:[01]?\\d|2[0-3]):\\d{2}(?::\\d{2}(?:\\.\\d+)?)?"
        ~ "(?:[+-](?:0\\d|1[0-4])(?::?[0-5]\\d)?)?)?$"
    ) -%}
    {%- set split = regex_replace_all(
        squeeze_text(fold_width(value)),
        "^(\\d{4}) ?[-/.年] ?(\\d{1,2}) ?[-/.月] ?(\\d{1,2})(?: ?日)?", "\\1-\\2-\\3"
    ) -%}
    {%- set packed = regex_replace_all(
        regex_replace_all(split, "^(\\d{4})(\\d{2})(\\d{2})($|[ T]|\\d{6}$)", "\\1-\\2-\\3\\4"),
        "^(\\d{4}-\\d{2}-\\d{2})[ T]?(\\d{2})(\\d{2})(\\d{2})$", "\\1 \\2:\\3:\\4"
    ) -%}
    {%- set bare = regex_replace_all(packed, " ?(?:Z|UTC|GMT)$| ([+-][0-9:]+$)", "\\1") -%}
    {{- return(
        "case when not (" ~ is_text(expression) ~ ") then try_cast(" ~ expression ~ " as timestamp)"
        ~ " when " ~ regex_full_match(value, usual) ~ " then try_cast(" ~ value ~ " as timestamp)"
        ~ " when " ~ value ~ " is not null then "
        ~ timestamp_with_offset(regex_extract(bare, read)) ~ " end"
    ) -}}
{% endmacro %}
