{% macro next_basket_variance(own_squares, orders, own_variance, prior_size) %}
    (5 * {{ own_variance }} + {{ own_squares }}) / (5 + greatest({{ orders }} - 1, 0))
    * (1 + 1 / ({{ orders }} + {{ prior_size }}))
{%- endmacro %}
