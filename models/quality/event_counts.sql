{#- Which names of events arrive, and what seed event_names makes of them. -#}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

events as (

    select * from {{ ref("input_events") }}
    where {{ is_seen("occurred_at") }}

),

standard_types as (

    select distinct event_type from {{ ref("event_names") }}

),

named as (

    select
        source_system,
        event_name,
        event_type,
        count(*) as events,
        count(distinct {{ visitor_of_event() }}) as visitors,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at
    from events
    group by source_system, event_name, event_type

)

select
    cast(named.source_system as string) as source_system,
    cast(named.event_name as string) as event_name,
    cast(standard_types.event_type as string) as event_type,
    cast(named.events as bigint) as events,
    cast(named.visitors as bigint) as visitors,
    cast(standard_types.event_type is not null as boolean) as is_known,
    cast({{ business_date("named.first_at") }} as date) as first_date,
    cast({{ business_date("named.last_at") }} as date) as last_date
from named
left join standard_types on named.event_type = standard_types.event_type
