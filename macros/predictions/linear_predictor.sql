{#- The sum that a linear model makes of a row of the score frame. -#}
{% macro linear_predictor(frame, parameters) %}
    {{ parameters }}.intercept
    {%- for feature in frame_features() -%}
        {%- set scaled = "((ln(1 + " ~ frame ~ "." ~ feature ~ ") - " ~ parameters ~ "." ~ feature
            ~ "_centre) / " ~ parameters ~ "." ~ feature ~ "_scale)" %}
    + {{ scaled }} * (
        {{ parameters }}.{{ feature }}_coefficient
        + {{ parameters }}.{{ feature }}_square * {{ scaled }}
    )
    {%- endfor %}
{%- endmacro %}
