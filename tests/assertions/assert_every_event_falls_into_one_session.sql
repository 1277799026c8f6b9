-- Sessions together hold each event up to the as-of instant once, but for page pings.
with

seen as (

    select count(*) as events
    from {{ ref("input_events") }} as events
    cross join {{ ref("int_behaviour__as_of") }} as as_of
    where
        events.occurred_at <= as_of.as_of_at
        and coalesce(events.event_type, '') <> 'page_pinged'

),

held as (

    select coalesce(sum(events), 0) as events
    from {{ ref("int_behaviour__web_sessions") }}

)

select
    seen.events as seen_events,
    held.events as held_events
from seen
cross join held
where seen.events <> held.events
