{# A card number: usual width, capitals, no spaces or dashes; NULL for a placeholder. #}
{% macro normalise_card(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set folded = without_placeholder(squeeze_text(fold_width(value))) -%}
    {{- return(
        "case when " ~ regex_full_match(value, "[0-9A-Z]*[0-9][0-9A-Z]*") ~ " then " ~ value
        ~ " when " ~ value ~ " is not null then nullif(upper("
        ~ regex_replace_all(folded, "[\\s\\p{Pd}_.·]+") ~ "), '') end"
    ) -}}
{% endmacro %}
