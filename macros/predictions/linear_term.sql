{#- What a feature adds to the sum of a linear model. -#}
{% macro linear_term(feature, frame, parameters) %}
    {%- set scaled = "((ln(1 + " ~ frame ~ "." ~ feature ~ ") - " ~ parameters ~ "." ~ feature
        ~ "_centre) / " ~ parameters ~ "." ~ feature ~ "_scale)" -%}
    {{ scaled }} * (
        {{ parameters }}.{{ feature }}_coefficient
        + {{ parameters }}.{{ feature }}_square * {{ scaled }}
    )
{%- endmacro %}
