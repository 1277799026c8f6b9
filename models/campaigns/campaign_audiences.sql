{#- Who was in a campaign, what reached them and what they did; one customer counts once. -#}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

assigned as (

    select
        campaign_id,
        min(assigned_at) as first_assigned_at
    from {{ ref("input_campaign_members") }}
    group by campaign_id

),

campaigns as (

    select
        campaigns.campaign_id,
        campaigns.channel,
        coalesce(campaigns.starts_at, assigned.first_assigned_at) as starts_at
    from {{ ref("input_campaigns") }} as campaigns
    left join assigned
        on campaigns.campaign_id = assigned.campaign_id

),

members as (

    select
        campaign_members.campaign_id,
        campaign_members.arm,
        {{ profile_id(
            "campaign_members.record_system",
            "campaign_members.record_type",
            "campaign_members.natural_key",
        ) }} as profile_id
    from {{ ref("input_campaign_members") }} as campaign_members
    inner join campaigns
        on campaign_members.campaign_id = campaigns.campaign_id
    cross join as_of
    where
        campaign_members.arm in ('treatment', 'control')
        and coalesce(campaign_members.assigned_at, campaigns.starts_at) <= as_of.as_of_at

),

-- two member cards of one customer can have fallen into both arms: then the
-- customer has no information about the effect
audience as (

    select
        members.campaign_id,
        customer_profiles.one_id,
        case
            when min(members.arm) = max(members.arm) then min(members.arm)
            else 'both'
        end as arm
    from members
    inner join customer_profiles
        on members.profile_id = customer_profiles.profile_id
    group by members.campaign_id, customer_profiles.one_id

),

campaign_touches as (

    select
        campaign_id,
        profile_id,
        bool_or(touch_type <> 'coupon_redemption' and is_delivered) as is_contacted,
        bool_or(is_opened) as is_opened,
        bool_or(is_clicked) as is_clicked,
        bool_or(touch_type = 'coupon_redemption') as is_redeemed
    from {{ ref("int_behaviour__touches") }}
    where campaign_id is not null and profile_id is not null
    group by campaign_id, profile_id

),

customer_touches as (

    select
        campaign_touches.campaign_id,
        customer_profiles.one_id,
        bool_or(campaign_touches.is_contacted) as is_contacted,
        bool_or(campaign_touches.is_opened) as is_opened,
        bool_or(campaign_touches.is_clicked) as is_clicked,
        bool_or(campaign_touches.is_redeemed) as is_redeemed
    from campaign_touches
    inner join customer_profiles
        on campaign_touches.profile_id = customer_profiles.profile_id
    group by campaign_touches.campaign_id, customer_profiles.one_id

),

-- orders meet campaigns before they meet customers: an order falls into the windows of
-- a few campaigns, a customer into the audience of many
window_orders as (

    select
        campaigns.campaign_id,
        orders.profile_id,
        count(case when not orders.is_return and orders.kept_amount > 0 then 1 end) as orders,
        sum(orders.kept_amount) as kept_amount
    from {{ ref("int_behaviour__orders") }} as orders
    inner join campaigns
        on
            orders.ordered_at >= campaigns.starts_at
            and orders.ordered_at < {{ add_seconds(
                "campaigns.starts_at", var("campaign_window_days") * 86400
            ) }}
    where orders.profile_id is not null and not orders.is_cancelled
    group by campaigns.campaign_id, orders.profile_id

),

customer_orders as (

    select
        window_orders.campaign_id,
        customer_profiles.one_id,
        sum(window_orders.orders) as orders,
        sum(window_orders.kept_amount) as kept_amount
    from window_orders
    inner join customer_profiles
        on window_orders.profile_id = customer_profiles.profile_id
    group by window_orders.campaign_id, customer_profiles.one_id

),

customer_consents as (

    select
        one_id,
        channel,
        is_granted
    from {{ ref("customer_consents") }}

),

any_consents as (

    select
        one_id,
        bool_or(is_granted) as is_granted
    from customer_consents
    group by one_id

),

campaign_audiences as (

    select
        audience.campaign_id,
        audience.one_id,
        audience.arm,
        campaigns.starts_at as window_starts_at,
        coalesce(customer_orders.orders, 0) as orders_in_window,
        coalesce(customer_orders.kept_amount, 0) as kept_amount_in_window,
        coalesce(customer_touches.is_contacted, false) as is_contacted,
        coalesce(customer_touches.is_opened, false) as is_opened,
        coalesce(customer_touches.is_clicked, false) as is_clicked,
        coalesce(customer_touches.is_redeemed, false) as is_redeemed,
        coalesce(customer_orders.orders, 0) > 0 as is_converted,
        -- no record of consent is no consent
        case
            when campaigns.channel is null then coalesce(any_consents.is_granted, false)
            else coalesce(customer_consents.is_granted, false)
        end as is_contactable
    from audience
    inner join campaigns
        on audience.campaign_id = campaigns.campaign_id
    left join customer_touches
        on
            audience.campaign_id = customer_touches.campaign_id
            and audience.one_id = customer_touches.one_id
    left join customer_orders
        on
            audience.campaign_id = customer_orders.campaign_id
            and audience.one_id = customer_orders.one_id
    left join customer_consents
        on
            audience.one_id = customer_consents.one_id
            and campaigns.channel = customer_consents.channel
    left join any_consents
        on audience.one_id = any_consents.one_id

)

select
    cast(campaign_id as string) as campaign_id,
    cast(one_id as string) as one_id,
    cast(arm as string) as arm,
    cast(orders_in_window as integer) as orders_in_window,
    cast(kept_amount_in_window as decimal(28, 4)) as kept_amount_in_window,
    cast(is_contacted as boolean) as is_contacted,
    cast(is_opened as boolean) as is_opened,
    cast(is_clicked as boolean) as is_clicked,
    cast(is_redeemed as boolean) as is_redeemed,
    cast(is_converted as boolean) as is_converted,
    cast(is_contactable as boolean) as is_contactable,
    cast(window_starts_at as timestamp) as window_starts_at
from campaign_audiences
