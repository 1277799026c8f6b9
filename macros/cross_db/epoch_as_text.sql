{#
    A time since 1970 in seconds, milliseconds or microseconds (10, 13 or 16 digits) as the text of
    a time with a Z, for UTC; any other text as it is.
#}
{% macro epoch_as_text(text) %}
    {{- return(adapter.dispatch('epoch_as_text', 'one360')(text)) -}}
{% endmacro %}

{% macro default__epoch_as_text(text) %}
    {{- return(epoch_by_digits(text, "make_timestamp")) -}}
{% endmacro %}

{% macro spark__epoch_as_text(text) %}
    {{- return(epoch_by_digits(text, "timestamp_micros")) -}}
{% endmacro %}

{% macro epoch_by_digits(text, from_microseconds) %}
    {%- set microseconds -%}
        cast({{ text }} as bigint) * case length({{ text }}) when 10 then 1000000 when 13 then 1000 else 1 end
    {%- endset -%}
    {{- return(
        "case when " ~ regex_full_match(text, "[0-9]{10}|[0-9]{13}|[0-9]{16}") ~ " then cast("
        ~ from_microseconds ~ "(" ~ microseconds ~ ") as string) || 'Z' else " ~ text ~ " end"
    ) -}}
{% endmacro %}
