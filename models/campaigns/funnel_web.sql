{#-
    How far visits went, by day and device. A step counts every visit that came at
    least so far: an order without a cart event in the same visit has passed the cart.
-#}
with

sessions as (

    select
        started_date,
        coalesce(device_type, 'unknown') as device_type,
        is_signed_in,
        {{ web_funnel_reached("ordered") }} as has_order,
        {{ web_funnel_reached("carted") }} as has_cart,
        {{ web_funnel_reached("viewed") }} as has_product_view
    from {{ ref("int_behaviour__web_sessions") }}

),

funnel_web as (

    select
        started_date,
        device_type,
        count(*) as sessions,
        count(case when is_signed_in then 1 end) as signed_in_sessions,
        count(case when has_product_view then 1 end) as product_view_sessions,
        count(case when has_cart then 1 end) as cart_sessions,
        count(case when has_order then 1 end) as order_sessions
    from sessions
    group by started_date, device_type

)

select
    cast(device_type as string) as device_type,
    cast(sessions as integer) as sessions,
    cast(signed_in_sessions as integer) as signed_in_sessions,
    cast(product_view_sessions as integer) as product_view_sessions,
    cast(cart_sessions as integer) as cart_sessions,
    cast(order_sessions as integer) as order_sessions,
    cast(cast(product_view_sessions as double) / sessions as double) as product_view_rate,
    cast(cast(cart_sessions as double) / sessions as double) as cart_rate,
    cast(cast(order_sessions as double) / sessions as double) as order_rate,
    cast(started_date as date) as started_date
from funnel_web
