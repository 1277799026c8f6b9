{#- A new system adds a select. -#}
with

campaign_members as (

    select
        'crm' as source_system,
        campaign_id,
        'crm' as record_system,
        'member' as record_type,
        member_id as natural_key,
        arm,
        assigned_at,
        loaded_at
    from {{ ref("stg_crm__campaign_members") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(campaign_id as string) as campaign_id,
    cast(record_system as string) as record_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(arm as string) as arm,
    cast(assigned_at as timestamp) as assigned_at,
    cast(loaded_at as timestamp) as loaded_at
from campaign_members
