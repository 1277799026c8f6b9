{#-
    Which amounts a campaign offered to which customer, and from when on it is known that one was
    redeemed. A coupon for one product is left out: there the product decides and not the amount.
-#}
{%- set value = "cast(discount_value as double)" -%}
{%- set size = "power(cast(10 as double), floor(log10(" ~ value ~ ") + 1e-9))" -%}
with

people as (

    select one_id from {{ ref("int_predictions__customers") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

-- 1, 2, 5, 10, 20, 50 …
coupons as (

    select
        coupon_id,
        campaign_id,
        discount_type,
        round(
            {{ size }} * case
                when {{ value }} >= 5 * {{ size }} then 5
                when {{ value }} >= 2 * {{ size }} then 2
                else 1
            end,
            9
        ) as amount_from
    from {{ ref("input_coupons") }}
    where product_id is null and discount_type in ('amount', 'percent') and discount_value > 0

),

amounts as (

    select distinct
        campaign_id,
        discount_type,
        amount_from
    from coupons

),

treated as (

    select
        campaign_audiences.campaign_id,
        campaign_audiences.one_id,
        {{ business_date("campaign_audiences.window_starts_at") }} as started_date
    from {{ ref("campaign_audiences") }} as campaign_audiences
    inner join people on campaign_audiences.one_id = people.one_id
    where
        campaign_audiences.arm = 'treatment'
        and campaign_audiences.window_starts_at is not null

),

coupon_redemptions as (

    select
        *,
        {{ business_date("sent_at") }} as redeemed_date
    from {{ ref("input_touches") }}
    where touch_type = 'coupon_redemption'

),

touches as (

    {{ with_known_date("coupon_redemptions", "redeemed_date") }}

),

redemptions as (

    select
        customer_profiles.one_id,
        coupons.campaign_id,
        coupons.discount_type,
        coupons.amount_from,
        touches.redeemed_date,
        touches.known_date
    from touches
    inner join coupons
        on
            touches.detail = coupons.coupon_id
            and coalesce(touches.campaign_id, coupons.campaign_id) = coupons.campaign_id
    inner join customer_profiles
        on
            {{ profile_id("touches.record_system", "touches.record_type", "touches.natural_key") }}
            = customer_profiles.profile_id

),

offers as (

    select
        treated.one_id,
        treated.campaign_id,
        amounts.discount_type,
        amounts.amount_from,
        treated.started_date,
        {{ add_days("treated.started_date", var("campaign_window_days")) }} as ended_date
    from treated
    inner join amounts on treated.campaign_id = amounts.campaign_id

)

select
    cast(offers.one_id as string) as one_id,
    cast(offers.campaign_id as string) as campaign_id,
    cast('coupon_' || offers.discount_type as string) as purpose,
    cast(offers.amount_from as double) as amount_from,
    cast(offers.started_date as date) as started_date,
    cast(offers.ended_date as date) as ended_date,
    cast(min(redemptions.known_date) as date) as redemption_known_date
from offers
left join redemptions
    on
        offers.one_id = redemptions.one_id
        and offers.campaign_id = redemptions.campaign_id
        and offers.discount_type = redemptions.discount_type
        and offers.amount_from = redemptions.amount_from
        and offers.started_date <= redemptions.redeemed_date
        and offers.ended_date > redemptions.redeemed_date
group by
    offers.one_id,
    offers.campaign_id,
    offers.discount_type,
    offers.amount_from,
    offers.started_date,
    offers.ended_date
