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
    cast(loyalty.loyalty_level_code as string) as loyalty_level_code,
    cast(loyalty.top_brand as string) as top_brand,
    cast(activity.activity_level as string) as activity_level,
    cast(customers.profile_count as bigint) as profile_count,
    cast(rfm.recency_days as integer) as recency_days,
    cast(rfm.frequency as bigint) as frequency,
    cast(rfm.monetary as decimal(18, 2)) as monetary,
    cast(nes.purchase_cycle_days as decimal(9, 2)) as purchase_cycle_days,
    cast(nes.days_since_last_order as integer) as days_since_last_order,
    cast(loyalty.loyalty_score as decimal(5, 2)) as loyalty_score,
    cast(activity.activity_score as decimal(7, 4)) as activity_score,
    cast(customers.is_identified as boolean) as is_identified,
    cast(customers.is_contactable as boolean) as is_contactable,
    cast(coalesce(rfm.is_reseller_suspect, false) as boolean) as is_reseller_suspect,
    cast(customers.birth_date as date) as birth_date,
    cast(nes.next_order_expected_on as date) as next_order_expected_on,
    cast(as_of.as_of_date as date) as as_of_date,
    cast(customers.first_seen_at as timestamp) as first_seen_at,
    cast(customers.last_seen_at as timestamp) as last_seen_at,
    cast(customers.registered_at as timestamp) as registered_at
from customers
left join rfm on customers.one_id = rfm.one_id
left join nes on customers.one_id = nes.one_id
left join loyalty on customers.one_id = loyalty.one_id
left join activity on customers.one_id = activity.one_id
cross join as_of
