{#
    A timestamp (UTC) from a timestamp, a date, or text in the common forms: year first,
    parts split by - / . or 年月日 or not at all, with or without a time, with Z or an
    offset. NULL where it is none of these: 01/02/2026 could be two days.
#}
{% macro parse_timestamp_text(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set usual = "\\d{4}-\\d{2}-\\d{2}(?:[ T]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?)?" -%}
    {%- set clock = "(?:[ T]\\d{1,2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?)?" -%}
    {%- set offset = "[ ]?[+-]\\d{2}(?::?\\d{2})?" -%}

    {%- set spelled = regex_replace_all(
        squeeze_text("folded"), "^(\\d{4})\\s?[-/.年]\\s?(\\d{1,2})\\s?[-/.月]\\s?(\\d{1,2})日?",
        "\\1-\\2-\\3"
    ) -%}
    {%- set packed = regex_replace_all(
        regex_replace_all(
            spelled, "^(\\d{4})(\\d{2})(\\d{2})[ T]?(\\d{2})(\\d{2})(\\d{2})$",
            "\\1-\\2-\\3 \\4:\\5:\\6"
        ),
        "^(\\d{4})(\\d{2})(\\d{2})($|[ T])", "\\1-\\2-\\3\\4"
    ) -%}
    {%- set plain = regex_replace_all(packed, " ?(?:Z|UTC|GMT)$") -%}
    {%- set unusual = let(
        fold_width(value), "folded", let(
            plain, "moment",
            "case when " ~ regex_full_match("moment", "\\d{4}-\\d{1,2}-\\d{1,2}" ~ clock)
            ~ " then try_cast(moment as timestamp) when "
            ~ regex_full_match("moment", "\\d{4}-\\d{1,2}-\\d{1,2}[ T][0-9:.]+" ~ offset)
            ~ " then " ~ timestamp_with_offset("moment") ~ " end"
        )
    ) -%}
    {{- return(
        "case when not (" ~ is_text(expression) ~ ") then try_cast(" ~ expression ~ " as timestamp)"
        ~ " when " ~ regex_full_match(value, usual) ~ " then try_cast(" ~ value ~ " as timestamp)"
        ~ " when " ~ value ~ " is not null then " ~ unusual ~ " end"
    ) -}}
{% endmacro %}
