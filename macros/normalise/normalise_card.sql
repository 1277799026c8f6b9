{#
    A card number: usual width, capitals, no spaces, dashes or marks that nobody sees; NULL
    for a placeholder. Only a to z are put in capitals: upper() makes an S of a long s and
    an I of a dotless i, and so one card of two that merely look alike.
#}
{% macro normalise_card(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {%- set folded = without_placeholder(squeeze_text(fold_width(value))) -%}
    {%- set letters = "abcdefghijklmnopqrstuvwxyz" -%}
    {{- return(
        "case when " ~ regex_full_match(value, "[0-9A-Z]*[0-9][0-9A-Z]*") ~ " then " ~ value
        ~ " when " ~ value ~ " is not null then nullif(translate("
        ~ regex_replace_all(folded, "[\\s\\p{Pd}\\p{Cf}\\x{fe00}-\\x{fe0f}_.·]+")
        ~ ", '" ~ letters ~ "', '" ~ letters | upper ~ "'), '') end"
    ) -}}
{% endmacro %}
