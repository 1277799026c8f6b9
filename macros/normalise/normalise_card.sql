{# A card number: usual width, capitals, no spaces or dashes; NULL for a placeholder. #}
{% macro normalise_card(expression) %}
    {%- set value = "cast(" ~ expression ~ " as string)" -%}
    {{- return(
        "case when " ~ regex_full_match(value, "[0-9A-Z]*[0-9][0-9A-Z]*") ~ " then " ~ value
        ~ " when " ~ value ~ " is not null then " ~ let(
            fold_width(value), "folded",
            let(
                "upper(" ~ regex_replace_all(
                    squeeze_text("folded"), "[\\s\\p{Pd}_.·]+"
                ) ~ ")",
                "value", without_placeholder("value")
            )
        ) ~ " end"
    ) -}}
{% endmacro %}
