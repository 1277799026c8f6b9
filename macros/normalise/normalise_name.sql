{#
    A name of a person, product or place: usual width, single spaces, nothing invisible;
    NULL for a placeholder. Letters keep their case.
#}
{% macro normalise_name(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set plain = "[!-~\\x{4e00}-\\x{9fff}]+" -%}
    {{- return(
        "case when " ~ value ~ " is null then null when " ~ regex_full_match(value, plain)
        ~ " then " ~ without_placeholder(value)
        ~ " else " ~ let(
            fold_width(value), "folded",
            let(squeeze_text("folded"), "value", without_placeholder("value"))
        ) ~ " end"
    ) -}}
{% endmacro %}
