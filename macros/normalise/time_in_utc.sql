{#
    A time as text or as a timestamp, in UTC: one that names its offset by that, any other by the
    declared zone of its column.
#}
{% macro time_in_utc(expression, zone) %}
    {%- set moment = function("parse_timestamp_text") ~ "(" ~ expression ~ ")" -%}
    {%- if not zone -%}
        {{- return(moment) -}}
    {%- endif -%}
    {%- set written = function("squeeze_text") ~ "(" ~ function("fold_width") ~ "(cast("
        ~ expression ~ " as string)))" -%}
    {{- return(
        "case when " ~ regex_matches(written, ":\\d{2}.*(?:Z|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)$")
        ~ " then " ~ moment ~ " else " ~ from_time_zone(moment, zone) ~ " end"
    ) -}}
{% endmacro %}
