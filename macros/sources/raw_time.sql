{#
    A time of a raw table in UTC: one that names its offset by that, any other by the declared zone
    of its column. As time_in_utc, whose functions a first run has not made yet.
#}
{% macro raw_time(column) %}
    {%- set written = "cast(" ~ column.name ~ " as string)" -%}
    {%- set local = raw_local_time(column) -%}
    {{- return(
        "case when " ~ regex_matches(written, ":\\d{2}.*(?:Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)$") ~ " then "
        ~ timestamp_with_offset(written) ~ " else "
        ~ (from_time_zone(local, column.timezone) if column.timezone else local) ~ " end"
    ) -}}
{% endmacro %}

{#
    A date or time of a raw table as it is written: 2026-01-31, 2026/1/31, 20260131, 20260131180509,
    2026年1月31日.
#}
{% macro raw_local_time(column) %}
    {%- set dashed = regex_replace_all(
        "cast(" ~ column.name ~ " as string)",
        "^\\s*(\\d{4}) ?[-/.年]? ?(\\d{1,2}) ?[-/.月]? ?(\\d{1,2})(?: ?日)?", "\\1-\\2-\\3"
    ) -%}
    {%- set spaced = regex_replace_all(
        "cast(" ~ column.name ~ " as string)",
        "^\\s*(\\d{4})(\\d{2})(\\d{2})(\\d{2})(\\d{2})(\\d{2})\\s*$", "\\1-\\2-\\3 \\4:\\5:\\6"
    ) -%}
    {{- return(
        "coalesce(try_cast(" ~ column.name ~ " as timestamp), try_cast(" ~ spaced ~ " as timestamp), try_cast("
        ~ dashed ~ " as timestamp))"
    ) -}}
{% endmacro %}
