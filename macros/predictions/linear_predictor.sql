{#- The sum that a linear model makes of a row of the score frame. -#}
{% macro linear_predictor(frame, parameters) %}
    {{ parameters }}.intercept
    {%- for feature in frame_features() %}
    + {{ linear_term(feature, frame, parameters) }}
    {%- endfor %}
{%- endmacro %}
