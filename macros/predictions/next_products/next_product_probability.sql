{% macro next_product_probability(candidates, parameters) %}
    (
        1 / (1 + exp(-least(greatest(
            {{ parameters }}.intercept
            {% for feature in next_product_features() -%}
                {%- set scaled = "((ln(1 + " ~ candidates ~ "." ~ feature ~ ") - " ~ parameters ~ "."
                    ~ feature ~ "_centre) / " ~ parameters ~ "." ~ feature ~ "_scale)" -%}
                + {{ scaled }} * (
                    {{ parameters }}.{{ feature }}_coefficient
                    + {{ parameters }}.{{ feature }}_square * {{ scaled }}
                )
            {% endfor %}
        , -700), 700)))
    )
{%- endmacro %}
