{# Twelve decimals: customers whose features are equal get the same probability on both engines. #}
{% macro logistic_probability(linear) -%}
    round(1 / (1 + exp(-{{ linear }})), 12)
{%- endmacro %}
