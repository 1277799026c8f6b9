{#- A new system adds a select. -#}
with

consents as (

    select
        'crm' as source_system,
        'crm' as record_system,
        'member' as record_type,
        member_id as natural_key,
        channel,
        purpose,
        capture_source,
        is_granted,
        changed_at,
        loaded_at
    from {{ ref("stg_crm__member_consents") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(record_system as string) as record_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(channel as string) as channel,
    cast(purpose as string) as purpose,
    cast(capture_source as string) as capture_source,
    cast(is_granted as boolean) as is_granted,
    cast(changed_at as timestamp) as changed_at,
    cast(loaded_at as timestamp) as loaded_at
from consents
