{#- Which profile and day a session counts for, by the key that its events carry. -#}
with

first_events as (

    select
        event_id,
        visitor_key,
        session_number
    from {{ ref("int_behaviour__session_events") }}
    where is_session_start

),

sessions as (

    select
        first_event_id,
        profile_id,
        started_date
    from {{ ref("int_behaviour__web_sessions") }}
    where profile_id is not null

)

select
    cast(first_events.visitor_key as string) as visitor_key,
    cast(first_events.session_number as integer) as session_number,
    cast(sessions.profile_id as string) as profile_id,
    cast(sessions.started_date as date) as activity_date
from first_events
inner join sessions
    on first_events.event_id = sessions.first_event_id
