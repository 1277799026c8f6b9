{# Twelve decimals: customers whose features are equal get the same probability on both engines. #}
{% macro logistic_probability(frame, parameters) %}
    round(
        1 / (1 + exp(-({{ parameters }}.intercept
        {%- for feature in frame_features() -%}
            {%- set scaled = "((ln(1 + " ~ frame ~ "." ~ feature ~ ") - " ~ parameters ~ "." ~ feature
                ~ "_centre) / " ~ parameters ~ "." ~ feature ~ "_scale)" %}
            + {{ scaled }} * (
                {{ parameters }}.{{ feature }}_coefficient
                + {{ parameters }}.{{ feature }}_square * {{ scaled }}
            )
        {%- endfor %}
        ))),
        12
    )
{%- endmacro %}
