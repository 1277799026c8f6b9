{#- A new system adds a select. A caller is known by the phone alone, which is the key. -#}
with

calls as (

    select
        'call_centre' as source_system,
        call_id,
        'call_centre' as record_system,
        'guest' as record_type,
        {{ contact_key("phone", "cast(null as string)") }} as natural_key,
        phone,
        direction,
        agent_id,
        topic,
        outcome,
        -- a call without an outcome is taken to have been answered
        coalesce(
            outcome not like 'abandoned%'
            and replace(outcome, '-', '_') not in (
                'missed', 'voicemail', 'no_answer', 'unanswered', 'busy', 'failed'
            ),
            true
        ) as is_answered,
        duration_seconds,
        case when satisfaction between 1 and 5 then satisfaction end as satisfaction,
        started_at,
        loaded_at
    from {{ ref("stg_call_centre__calls") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(call_id as string) as call_id,
    cast(record_system as string) as record_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(phone as string) as phone,
    cast(direction as string) as direction,
    cast(agent_id as string) as agent_id,
    cast(topic as string) as topic,
    cast(outcome as string) as outcome,
    cast(is_answered as boolean) as is_answered,
    cast(duration_seconds as bigint) as duration_seconds,
    cast(satisfaction as integer) as satisfaction,
    cast(started_at as timestamp) as started_at,
    cast(loaded_at as timestamp) as loaded_at
from calls
