{#
    A number or code that identifies something: trimmed; NULL for '', null, N/A, -, 无 and
    the like. Plain text with a digit in it is neither and passes at once.
#}
{% macro normalise_id(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {{- return(
        "case when " ~ regex_full_match(value, "[!-~]*[0-9][!-~]*") ~ " then " ~ value
        ~ " when " ~ value ~ " is not null then "
        ~ without_placeholder(squeeze_text(value)) ~ " end"
    ) -}}
{% endmacro %}
