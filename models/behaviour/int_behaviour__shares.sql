{%- set share_event_id = "source_system || '-' || share_type || '-' || source_event_id" -%}
{%- call change_log.changed_keys(["share_event_id"]) %}
    {{ change_log.keys_from(ref("input_shares"), [share_event_id], ["occurred_at"]) }}
{% endcall -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

shares as (

    select
        *,
        {{ share_event_id }} as share_event_id
    from {{ ref("input_shares") }}
    {{ change_log.only_changed("where", [share_event_id]) }}

)

select
    cast(shares.share_event_id as string) as share_event_id,
    cast(
        {{ profile_id("shares.record_system", "shares.record_type", "shares.natural_key") }}
        as string
    ) as profile_id,
    cast(
        {{ profile_id(
            "shares.referred_record_system",
            "shares.referred_record_type",
            "shares.referred_natural_key"
        ) }} as string
    ) as referred_profile_id,
    cast(shares.source_system as string) as source_system,
    cast(shares.share_type as string) as share_type,
    cast(shares.source_system || '-' || shares.share_id as string) as share_id,
    cast(shares.step as string) as step,
    cast(shares.channel as string) as channel,
    cast(shares.campaign_id as string) as campaign_id,
    cast(shares.product_id as string) as product_id,
    cast(shares.order_id as string) as order_id,
    cast({{ business_date("shares.occurred_at") }} as date) as occurred_date,
    cast(shares.occurred_at as timestamp) as occurred_at
from shares
cross join as_of
where shares.occurred_at <= as_of.as_of_at
