{#-
    How far each customer came: on which days for the first time, and how far per channel
    within activity_window_days.
-#}
{%- set window_days = var("activity_window_days") -%}

with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select
        one_id,
        is_identified,
        {{ business_date("first_seen_at") }} as first_seen_date
    from {{ ref("customers") }}

),

customer_profiles as (

    select
        profile_id,
        one_id,
        record_type
    from {{ ref("customer_profiles") }}

),

members as (

    select distinct one_id
    from customer_profiles
    where record_type = 'member'

),

-- what shows interest of one's own, beyond having arrived
firsts as (

    select
        customer_profiles.one_id,
        min(profile_days.activity_date) as first_active_date,
        min(
            case
                when
                    profile_days.signed_in_sessions > 0
                    or profile_days.searches > 0
                    or profile_days.cart_adds > 0
                    or profile_days.wishlist_adds > 0
                    or profile_days.clicked_touches > 0
                    or profile_days.orders > 0
                    then profile_days.activity_date
            end
        ) as activated_date
    from {{ ref("int_behaviour__profile_days") }} as profile_days
    inner join customer_profiles on profile_days.profile_id = customer_profiles.profile_id
    group by customer_profiles.one_id

),

order_days as (

    select
        order_days.one_id,
        count(*) as order_days,
        count(
            case
                when
                    order_days.ordered_date
                    > {{ add_days("as_of.as_of_date", -window_days) }}
                    then 1
            end
        ) as window_order_days,
        min(order_days.ordered_date) as first_ordered_date,
        min(
            case when order_days.days_since_previous is not null then order_days.ordered_date end
        ) as second_ordered_date
    from {{ ref("int_tags__order_days") }} as order_days
    cross join as_of
    group by order_days.one_id

),

channel_orders as (

    select
        orders.one_id,
        count(case when orders.channel = 'pos' then 1 end) as pos_orders,
        count(case when orders.channel = 'web' then 1 end) as web_orders,
        count(case when orders.channel = 'wechat' then 1 end) as wechat_orders
    from {{ ref("orders") }} as orders
    cross join as_of
    where
        orders.one_id is not null
        and not orders.is_cancelled
        and not orders.is_return
        and orders.ordered_date > {{ add_days("as_of.as_of_date", -window_days) }}
    group by orders.one_id

),

visits as (

    select
        customer_profiles.one_id,
        sum(profile_days.sessions) as sessions,
        sum(profile_days.product_views) as product_views,
        sum(profile_days.cart_adds) as cart_adds
    from {{ ref("int_behaviour__profile_days") }} as profile_days
    inner join customer_profiles on profile_days.profile_id = customer_profiles.profile_id
    cross join as_of
    where
        profile_days.sessions > 0
        and profile_days.activity_date > {{ add_days("as_of.as_of_date", -window_days) }}
    group by customer_profiles.one_id

),

-- a message on WeChat, by whichever system sent it
messages as (

    select
        touches.one_id,
        max(case when touches.is_opened or touches.is_clicked then 1 else 0 end) as has_opened,
        max(case when touches.is_clicked then 1 else 0 end) as has_clicked
    from {{ ref("touches") }} as touches
    cross join as_of
    where
        touches.one_id is not null
        and touches.channel = 'wechat'
        and touches.touch_type in ('campaign_contact', 'wechat_message')
        and touches.touched_date > {{ add_days("as_of.as_of_date", -window_days) }}
    group by touches.one_id

),

follows as (

    select * from {{ ref("int_tags__wechat_follows") }}

),

nes as (

    select
        one_id,
        nes_status
    from {{ ref("tag_nes") }}

),

aarrr_steps as (

    select
        customers.one_id,
        customers.is_identified,
        least(
            coalesce(customers.first_seen_date, firsts.first_active_date),
            coalesce(firsts.first_active_date, customers.first_seen_date)
        ) as acquired_date,
        firsts.activated_date,
        order_days.first_ordered_date,
        order_days.second_ordered_date,
        nes.nes_status,
        coalesce(order_days.order_days, 0) as order_days,
        coalesce(order_days.window_order_days, 0) as window_order_days,
        coalesce(visits.sessions, 0) as sessions,
        coalesce(visits.product_views, 0) as product_views,
        coalesce(visits.cart_adds, 0) as cart_adds,
        coalesce(channel_orders.pos_orders, 0) as pos_orders,
        -- an order of the site counts even where its events were blocked
        coalesce(channel_orders.web_orders, 0) as orders_completed,
        coalesce(channel_orders.wechat_orders, 0) as wechat_orders,
        members.one_id is not null as is_member,
        coalesce(follows.is_following, false) as is_following,
        coalesce(messages.has_opened, 0) = 1 as has_opened_message,
        coalesce(messages.has_clicked, 0) = 1 as has_clicked_message
    from customers
    left join members on customers.one_id = members.one_id
    left join firsts on customers.one_id = firsts.one_id
    left join order_days on customers.one_id = order_days.one_id
    left join channel_orders on customers.one_id = channel_orders.one_id
    left join visits on customers.one_id = visits.one_id
    left join messages on customers.one_id = messages.one_id
    left join follows on customers.one_id = follows.one_id
    left join nes on customers.one_id = nes.one_id
    -- a browser cookie is a customer only once it has bought
    where customers.is_identified or order_days.one_id is not null

)

select
    cast(one_id as string) as one_id,
    cast(nes_status as string) as nes_status,
    cast(order_days as bigint) as order_days,
    cast(window_order_days as bigint) as window_order_days,
    cast(sessions as bigint) as sessions,
    cast(product_views as bigint) as product_views,
    cast(cart_adds as bigint) as cart_adds,
    cast(pos_orders as bigint) as pos_orders,
    cast(orders_completed as bigint) as orders_completed,
    cast(wechat_orders as bigint) as wechat_orders,
    cast(is_member as boolean) as is_member,
    cast(is_following as boolean) as is_following,
    cast(has_opened_message as boolean) as has_opened_message,
    cast(has_clicked_message as boolean) as has_clicked_message,
    cast(acquired_date as date) as acquired_date,
    cast(activated_date as date) as activated_date,
    cast(first_ordered_date as date) as first_ordered_date,
    cast(second_ordered_date as date) as second_ordered_date
from aarrr_steps
