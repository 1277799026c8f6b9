{#-
    What each profile did each day: the grain at which tags are rolled up to one_id, so
    that a merge of customers rewrites nothing. Each source is aggregated before the
    join; unassigned behaviour stays out.
-#}
{%- set parts = ["orders", "sessions", "touches"] -%}
{%- set key = ["profile_id", "activity_date"] -%}
{%- set ordered_date = ["profile_id", "ordered_date"] -%}
{%- set visited_date = ["profile_id", "started_date"] -%}
{%- set touched_date = ["profile_id", "touched_date"] -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_behaviour__orders"), ordered_date) }}
    union all
    {{ change_log.keys_from(ref("int_behaviour__web_sessions"), visited_date) }}
    union all
    {{ change_log.keys_from(ref("int_behaviour__touches"), touched_date) }}
{% endcall -%}
with

orders as (

    select
        profile_id,
        ordered_date as activity_date,
        count(case when not is_return then 1 end) as orders,
        count(case when not is_return and kept_amount > 0 then 1 end) as kept_orders,
        count(case when is_return then 1 end) as return_orders,
        sum(item_quantity) as item_quantity,
        sum(net_amount) as net_amount,
        sum(discount_amount) as discount_amount,
        sum(returned_amount) as returned_amount,
        sum(kept_amount) as kept_amount
    from {{ ref("int_behaviour__orders") }}
    where
        profile_id is not null
        and not is_cancelled
    {{ change_log.only_changed("and", ordered_date) }}
    group by profile_id, ordered_date

),

sessions as (

    select
        profile_id,
        started_date as activity_date,
        count(*) as sessions,
        count(case when is_signed_in then 1 end) as signed_in_sessions,
        sum(page_views) as page_views,
        sum(product_views) as product_views,
        sum(searches) as searches,
        sum(cart_adds) as cart_adds,
        sum(wishlist_adds) as wishlist_adds,
        sum(engaged_seconds) as engaged_seconds
    from {{ ref("int_behaviour__web_sessions") }}
    where
        profile_id is not null
    {{ change_log.only_changed("and", visited_date) }}
    group by profile_id, started_date

),

touches as (

    select
        profile_id,
        touched_date as activity_date,
        count(case when touch_type in ('campaign_contact', 'wechat_message') then 1 end)
            as touches,
        count(case when is_opened then 1 end) as opened_touches,
        count(case when is_clicked then 1 end) as clicked_touches,
        count(case when touch_type = 'coupon_redemption' then 1 end) as redemptions,
        count(case when touch_type = 'service_ticket' then 1 end) as service_tickets,
        count(case when touch_type = 'call' then 1 end) as calls,
        count(case when touch_type = 'review' then 1 end) as reviews
    from {{ ref("int_behaviour__touches") }}
    where
        profile_id is not null
    {{ change_log.only_changed("and", touched_date) }}
    group by profile_id, touched_date

)

select
    cast({{ key_of_parts(parts, "profile_id") }} as string) as profile_id,
    cast(coalesce(orders.orders, 0) as integer) as orders,
    cast(coalesce(orders.kept_orders, 0) as integer) as kept_orders,
    cast(coalesce(orders.return_orders, 0) as integer) as return_orders,
    cast(coalesce(orders.item_quantity, 0) as decimal(18, 3)) as item_quantity,
    cast(coalesce(orders.net_amount, 0) as decimal(28, 4)) as net_amount,
    cast(coalesce(orders.discount_amount, 0) as decimal(28, 4)) as discount_amount,
    cast(coalesce(orders.returned_amount, 0) as decimal(28, 4)) as returned_amount,
    cast(coalesce(orders.kept_amount, 0) as decimal(28, 4)) as kept_amount,
    cast(coalesce(sessions.sessions, 0) as integer) as sessions,
    cast(coalesce(sessions.signed_in_sessions, 0) as integer) as signed_in_sessions,
    cast(coalesce(sessions.page_views, 0) as integer) as page_views,
    cast(coalesce(sessions.product_views, 0) as integer) as product_views,
    cast(coalesce(sessions.searches, 0) as integer) as searches,
    cast(coalesce(sessions.cart_adds, 0) as integer) as cart_adds,
    cast(coalesce(sessions.wishlist_adds, 0) as integer) as wishlist_adds,
    cast(coalesce(sessions.engaged_seconds, 0) as decimal(18, 2)) as engaged_seconds,
    cast(coalesce(touches.touches, 0) as integer) as touches,
    cast(coalesce(touches.opened_touches, 0) as integer) as opened_touches,
    cast(coalesce(touches.clicked_touches, 0) as integer) as clicked_touches,
    cast(coalesce(touches.redemptions, 0) as integer) as redemptions,
    cast(coalesce(touches.service_tickets, 0) as integer) as service_tickets,
    cast(coalesce(touches.calls, 0) as integer) as calls,
    cast(coalesce(touches.reviews, 0) as integer) as reviews,
    cast({{ key_of_parts(parts, "activity_date") }} as date) as activity_date
from {{ joined_parts(parts, key) }}
