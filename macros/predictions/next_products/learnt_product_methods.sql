{#
    The columns that each method with something learnt ranks by; of equally good ones the first is
    used. A network is compared where variable next_product_network asks for it.
#}
{% macro learnt_product_methods() %}
    {%- set methods = {"logistic_reranker": ["probability"]} -%}
    {%- if var("next_product_network") -%}
        {%- do methods.update({"three_layer_network": ["network_score", "popularity"]}) -%}
    {%- endif -%}
    {{- return(methods) -}}
{% endmacro %}
