{#
    A name of a person, product or place: usual width, single spaces, nothing invisible;
    NULL for a placeholder. Letters keep their case.
#}
{% macro normalise_name(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set plain = "[!-~\\x{4e00}-\\x{9fff}]+" -%}
    {{- return(
        "case when " ~ regex_full_match(value, plain) ~ " then " ~ without_placeholder(value)
        ~ " when " ~ value ~ " is not null then "
        ~ without_placeholder(squeeze_text(fold_width(value))) ~ " end"
    ) -}}
{% endmacro %}
