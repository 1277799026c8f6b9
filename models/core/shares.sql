{#- A view: when customers merge or split only core.customer_profiles changes. -#}
with

shares as (

    select * from {{ ref("int_behaviour__shares") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

)

select
    cast(shares.share_event_id as string) as share_event_id,
    cast(customer_profiles.one_id as string) as one_id,
    cast(referred_profiles.one_id as string) as referred_one_id,
    cast(shares.profile_id as string) as profile_id,
    cast(shares.referred_profile_id as string) as referred_profile_id,
    cast(shares.source_system as string) as source_system,
    cast(shares.share_type as string) as share_type,
    cast(shares.share_id as string) as share_id,
    cast(shares.step as string) as step,
    cast(shares.channel as string) as channel,
    cast(shares.campaign_id as string) as campaign_id,
    cast(shares.product_id as string) as product_id,
    cast(shares.order_id as string) as order_id,
    cast(shares.occurred_date as date) as occurred_date,
    cast(shares.occurred_at as timestamp) as occurred_at
from shares
left join customer_profiles
    on shares.profile_id = customer_profiles.profile_id
left join customer_profiles as referred_profiles
    on shares.referred_profile_id = referred_profiles.profile_id
