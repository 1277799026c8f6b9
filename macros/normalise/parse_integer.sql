{# A whole number as bigint; NULL for text that is none and for 2.5. #}
{% macro parse_integer(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set digits = regex_extract(
        squeeze_text(fold_width(value)), "^([-+]?\\d{1,18})(?:\\.0*)?$", 1
    ) -%}
    {{- return(
        "case when not (" ~ is_text(expression) ~ ") then case when try_cast("
        ~ expression ~ " as bigint) = try_cast(" ~ expression ~ " as decimal(18, 4)) then try_cast("
        ~ expression ~ " as bigint) end when " ~ regex_full_match(value, "-?\\d{1,18}") ~ " then try_cast("
        ~ value ~ " as bigint) when " ~ value ~ " is not null then try_cast("
        ~ digits ~ " as bigint) end"
    ) -}}
{% endmacro %}
