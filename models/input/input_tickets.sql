{#- A new system adds a select. A caller without a membership is the shopper of that phone. -#}
with

tickets as (

    select
        'crm' as source_system,
        ticket_id,
        case when member_id is null then 'pos' else 'crm' end as record_system,
        case when member_id is null then 'shopper' else 'member' end as record_type,
        coalesce(member_id, {{ contact_key("cast(null as string)", "phone") }}) as natural_key,
        phone,
        channel,
        topic,
        severity,
        satisfaction,
        opened_at,
        closed_at,
        loaded_at
    from {{ ref("stg_crm__service_tickets") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(ticket_id as string) as ticket_id,
    cast(record_system as string) as record_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(phone as string) as phone,
    cast(channel as string) as channel,
    cast(topic as string) as topic,
    cast(severity as string) as severity,
    cast(satisfaction as integer) as satisfaction,
    cast(opened_at as timestamp) as opened_at,
    cast(closed_at as timestamp) as closed_at,
    cast(loaded_at as timestamp) as loaded_at
from tickets
