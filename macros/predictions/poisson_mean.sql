{# Neither 0 nor more than anybody buys, however far from all that was learnt a customer lies. #}
{% macro poisson_mean(linear) -%}
    round(exp(least(greatest({{ linear }}, -20), 30)), 12)
{%- endmacro %}
