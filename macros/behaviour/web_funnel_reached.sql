{% macro web_funnel_reached(step) %}
    {%- set reached = {
        "viewed": "orders_completed > 0 or cart_adds > 0 or product_views > 0",
        "carted": "orders_completed > 0 or cart_adds > 0",
        "ordered": "orders_completed > 0",
    } -%}
    {%- if step not in reached -%}
        {{ exceptions.raise_compiler_error(
            "web_funnel_reached: step is one of " ~ (reached.keys() | join(", ")) ~ ", not " ~ step
        ) }}
    {%- endif -%}
    {{- return(reached[step]) -}}
{% endmacro %}
