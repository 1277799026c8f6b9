{#
    Events that show interest: the column of the day tables that counts them and the
    event_type by which the seed interest_weights weighs them.
#}
{% macro interest_events() %}
    {{ return({
        "product_views": "product_viewed",
        "searches": "product_searched",
        "wishlist_adds": "product_wishlisted",
        "cart_adds": "product_added",
    }) }}
{% endmacro %}

{# weight * exp(-ln(2) * age / half_life) #}
{% macro decayed_interest(days, weights, days_ago) %}
    (
        {% for column, event_type in interest_events().items() -%}
            {{ days }}.{{ column }} * {{ weights }}.{{ event_type }}_weight
            * exp(-ln(2) * {{ days_ago }} / {{ weights }}.{{ event_type }}_half_life_days)
            {{- " +" if not loop.last }}
        {% endfor %}
    )
{%- endmacro %}
