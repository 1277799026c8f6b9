{# The columns that each baseline ranks by, from the largest; equals follow their name. #}
{% macro next_product_methods() %}
    {{- return({
        "popularity": ["popularity"],
        "own_frequency": ["own_orders", "popularity"],
        "own_decayed_frequency": ["own_weight", "popularity"],
        "item_to_item": ["similarity", "popularity"],
    }) -}}
{% endmacro %}
