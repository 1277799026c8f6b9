{#- A new system adds a select. -#}
with

campaigns as (

    select
        'crm' as source_system,
        campaign_id,
        campaign_name,
        campaign_type,
        channel,
        objective,
        starts_at,
        ends_at,
        loaded_at
    from {{ ref("stg_crm__campaigns") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(campaign_id as string) as campaign_id,
    cast(campaign_name as string) as campaign_name,
    cast(campaign_type as string) as campaign_type,
    cast(channel as string) as channel,
    cast(objective as string) as objective,
    cast(starts_at as timestamp) as starts_at,
    cast(ends_at as timestamp) as ends_at,
    cast(loaded_at as timestamp) as loaded_at
from campaigns
