with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select * from {{ ref("customers") }}

),

rfm as (

    select * from {{ ref("tag_rfm") }}

),

nes as (

    select * from {{ ref("tag_nes") }}

),

loyalty as (

    select * from {{ ref("tag_loyalty") }}

),

activity as (

    select * from {{ ref("tag_activity") }}

),

member_value as (

    select * from {{ ref("tag_member_value") }}

),

lifecycle as (

    select * from {{ ref("tag_lifecycle") }}

),

price as (

    select * from {{ ref("tag_price") }}

),

preferences as (

    select * from {{ ref("tag_preferences") }}

),

interest as (

    select * from {{ ref("tag_interest") }}

),

channel as (

    select * from {{ ref("tag_channel") }}

),

moments as (

    select * from {{ ref("tag_moments") }}

),

aarrr as (

    select * from {{ ref("tag_aarrr") }}

),

demographics as (

    select * from {{ ref("tag_demographics") }}

),

engagement as (

    select * from {{ ref("customer_engagement") }}

)

select
    cast(customers.one_id as string) as one_id,
    cast(customers.source_systems as string) as source_systems,
    cast(customers.gender as string) as gender,
    cast(customers.province as string) as province,
    cast(customers.city as string) as city,
    cast(customers.card_level as string) as card_level,
    cast(customers.phone_masked as string) as phone_masked,
    cast(customers.email_masked as string) as email_masked,
    cast(rfm.segment_code as string) as rfm_segment_code,
    cast(rfm.segment_name_en as string) as rfm_segment_name_en,
    cast(rfm.segment_name_zh as string) as rfm_segment_name_zh,
    cast(rfm.rfm_cell as string) as rfm_cell,
    cast(rfm.cluster_segment_code as string) as rfm_cluster_segment_code,
    cast(nes.nes_status as string) as nes_status,
    cast(loyalty.loyalty_level as string) as loyalty_level,
    cast(loyalty.top_brand as string) as top_brand,
    cast(activity.activity_level as string) as activity_level,
    cast(member_value.member_value_tier as string) as member_value_tier,
    cast(lifecycle.lifecycle_stage as string) as lifecycle_stage,
    cast(lifecycle.lifecycle_value_tier as string) as lifecycle_value_tier,
    cast(price.price_sensitivity as string) as price_sensitivity,
    cast(price.spending_power as string) as spending_power,
    cast(preferences.preferred_category as string) as preferred_category,
    cast(preferences.preferred_brand as string) as preferred_brand,
    cast(preferences.preferred_price_band as string) as preferred_price_band,
    cast(preferences.preferred_store as string) as preferred_store,
    cast(interest.intent_level as string) as intent_level,
    cast(interest.top_interest_category as string) as top_interest_category,
    cast(channel.acquisition_channel as string) as acquisition_channel,
    cast(channel.preferred_channel as string) as preferred_channel,
    cast(channel.preferred_contact_channel as string) as preferred_contact_channel,
    cast(channel.reachability as string) as reachability,
    cast(aarrr.aarrr_stage as string) as aarrr_stage,
    cast(demographics.age_band as string) as age_band,
    cast(demographics.usual_store_city as string) as usual_store_city,
    cast(customers.profile_count as bigint) as profile_count,
    cast(rfm.recency_days as integer) as recency_days,
    cast(rfm.frequency as bigint) as frequency,
    cast(rfm.monetary as decimal(18, 2)) as monetary,
    cast(nes.purchase_cycle_days as decimal(9, 2)) as purchase_cycle_days,
    cast(nes.days_since_last_order as integer) as days_since_last_order,
    cast(loyalty.loyalty_score as decimal(5, 2)) as loyalty_score,
    cast(activity.activity_score as decimal(7, 4)) as activity_score,
    cast(member_value.member_value_score as integer) as member_value_score,
    cast(price.coupon_threshold as decimal(18, 2)) as coupon_threshold,
    cast(coalesce(engagement.calls_last_90_days, 0) as bigint) as calls_last_90_days,
    cast(coalesce(engagement.post_count, 0) as bigint) as post_count,
    cast(coalesce(engagement.reply_count, 0) as bigint) as reply_count,
    cast(coalesce(engagement.likes_received, 0) as bigint) as likes_received,
    cast(coalesce(engagement.share_count, 0) as bigint) as share_count,
    cast(coalesce(engagement.referred_customers, 0) as bigint) as referred_customers,
    cast(engagement.call_satisfaction as decimal(9, 2)) as call_satisfaction,
    cast(customers.is_identified as boolean) as is_identified,
    cast(customers.is_contactable as boolean) as is_contactable,
    cast(coalesce(rfm.is_reseller_suspect, false) as boolean) as is_reseller_suspect,
    cast(price.is_price_hunter as boolean) as is_price_hunter,
    cast(interest.is_cart_open as boolean) as is_cart_open,
    cast(channel.is_outreach_fatigued as boolean) as is_outreach_fatigued,
    cast(moments.do_not_disturb as boolean) as do_not_disturb,
    cast(customers.birth_date as date) as birth_date,
    cast(nes.next_order_expected_date as date) as next_order_expected_date,
    cast(moments.next_birthday_date as date) as next_birthday_date,
    cast(as_of.as_of_date as date) as as_of_date,
    cast(customers.first_seen_at as timestamp) as first_seen_at,
    cast(customers.last_seen_at as timestamp) as last_seen_at,
    cast(customers.registered_at as timestamp) as registered_at,
    cast(engagement.last_call_at as timestamp) as last_call_at
from customers
left join rfm on customers.one_id = rfm.one_id
left join nes on customers.one_id = nes.one_id
left join loyalty on customers.one_id = loyalty.one_id
left join activity on customers.one_id = activity.one_id
left join member_value on customers.one_id = member_value.one_id
left join lifecycle on customers.one_id = lifecycle.one_id
left join price on customers.one_id = price.one_id
left join preferences on customers.one_id = preferences.one_id
left join interest on customers.one_id = interest.one_id
left join channel on customers.one_id = channel.one_id
left join moments on customers.one_id = moments.one_id
left join aarrr on customers.one_id = aarrr.one_id
left join demographics on customers.one_id = demographics.one_id
left join engagement on customers.one_id = engagement.one_id
cross join as_of
