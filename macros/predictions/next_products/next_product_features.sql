{% macro next_product_features() %}
    {{- return(
        ["own_orders", "own_weight", "own_share", "days_since", "popularity", "similarity"]
    ) -}}
{% endmacro %}
