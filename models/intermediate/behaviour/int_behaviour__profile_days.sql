{#-
    What each profile did each day: the grain at which tags are rolled up to one_id, so
    that a merge of customers rewrites nothing. Each source is aggregated before the
    union; anonymous behaviour belongs to nobody and stays out.
-#}
{%- set measures = [
    "orders",
    "kept_orders",
    "returns",
    "item_quantity",
    "net_amount",
    "discount_amount",
    "returned_amount",
    "kept_amount",
    "sessions",
    "signed_in_sessions",
    "page_views",
    "product_views",
    "searches",
    "cart_adds",
    "wishlist_adds",
    "engaged_seconds",
    "touches",
    "opened_touches",
    "clicked_touches",
    "redemptions",
    "service_tickets",
    "reviews",
] -%}
with

orders as (

    select
        profile_id,
        ordered_date as activity_date,
        count(case when not is_return then 1 end) as orders,
        count(case when not is_return and kept_amount > 0 then 1 end) as kept_orders,
        count(case when is_return then 1 end) as returns,
        sum(item_quantity) as item_quantity,
        sum(net_amount) as net_amount,
        sum(discount_amount) as discount_amount,
        sum(returned_amount) as returned_amount,
        sum(kept_amount) as kept_amount
    from {{ ref("int_behaviour__orders") }}
    where profile_id is not null and not is_cancelled
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
    where profile_id is not null
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
        count(case when touch_type = 'review' then 1 end) as reviews
    from {{ ref("int_behaviour__touches") }}
    where profile_id is not null
    group by profile_id, touched_date

),

{% set own = {
    "orders": measures[0:8],
    "sessions": measures[8:16],
    "touches": measures[16:22],
} -%}

unioned as (
    {% for source, source_measures in own.items() %}
    select
        profile_id,
        activity_date,
        {%- for measure in measures %}
        {{ measure if measure in source_measures else "0 as " ~ measure }}
        {{- "," if not loop.last }}
        {%- endfor %}
    from {{ source }}
    {{ "union all" if not loop.last }}
    {%- endfor %}

),

profile_days as (

    select
        profile_id,
        activity_date,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{{ "," if not loop.last }}
        {%- endfor %}
    from unioned
    group by profile_id, activity_date

)

select
    cast(profile_id as varchar) as profile_id,
    cast(orders as integer) as orders,
    cast(kept_orders as integer) as kept_orders,
    cast(returns as integer) as returns,
    cast(item_quantity as decimal(18, 3)) as item_quantity,
    cast(net_amount as decimal(18, 2)) as net_amount,
    cast(discount_amount as decimal(18, 2)) as discount_amount,
    cast(returned_amount as decimal(18, 2)) as returned_amount,
    cast(kept_amount as decimal(18, 2)) as kept_amount,
    cast(sessions as integer) as sessions,
    cast(signed_in_sessions as integer) as signed_in_sessions,
    cast(page_views as integer) as page_views,
    cast(product_views as integer) as product_views,
    cast(searches as integer) as searches,
    cast(cart_adds as integer) as cart_adds,
    cast(wishlist_adds as integer) as wishlist_adds,
    cast(engaged_seconds as decimal(18, 2)) as engaged_seconds,
    cast(touches as integer) as touches,
    cast(opened_touches as integer) as opened_touches,
    cast(clicked_touches as integer) as clicked_touches,
    cast(redemptions as integer) as redemptions,
    cast(service_tickets as integer) as service_tickets,
    cast(reviews as integer) as reviews,
    cast(activity_date as date) as activity_date
from profile_days
