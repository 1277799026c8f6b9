{#
    A time since 1970 in seconds, milliseconds or microseconds (10, 13 or 16 digits, with or without
    a fraction) as the text of a time with a Z, for UTC; any other text as it is.
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
    {%- set number = "cast(" ~ text ~ " as decimal(24, 6))" -%}
    {%- set microseconds -%}
        cast(floor({{ number }} * case when {{ number }} < 10000000000 then 1000000 when {{ number }} < 10000000000000 then 1000 else 1 end) as bigint)
    {%- endset -%}
    {{- return(
        "case when " ~ regex_full_match(text, "([0-9]{10}|[0-9]{13}|[0-9]{16})([.][0-9]+)?")
        ~ " then cast(" ~ from_microseconds ~ "(" ~ microseconds ~ ") as string) || 'Z' else "
        ~ text ~ " end"
    ) -}}
{% endmacro %}
