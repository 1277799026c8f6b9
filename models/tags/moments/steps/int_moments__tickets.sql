{#-
    Service tickets of customers. A complaint is one of middle or high severity, or one that
    the customer left with two stars of five or fewer; the rest are questions. A system that has not
    closed one in ninety days does not tell which are open.
-#}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

-- bounded by the as-of moment already
touches as (

    select
        touch_id,
        one_id,
        touched_date
    from {{ ref("touches") }}
    where touch_type = 'service_ticket' and one_id is not null

),

tickets as (

    select
        tickets.source_system || '-service_ticket-' || tickets.ticket_id as touch_id,
        tickets.topic,
        tickets.severity,
        tickets.satisfaction,
        coalesce(tickets.closed_at <= as_of.as_of_at, false) as is_closed,
        coalesce(
            max(case when tickets.closed_at <= as_of.as_of_at then 1 else 0 end) over (
                partition by tickets.source_system
            ) = 0
            and min(tickets.opened_at) over (partition by tickets.source_system)
            <= {{ add_seconds("as_of.as_of_at", -90 * 86400) }},
            false
        ) as is_never_closed
    from {{ ref("input_tickets") }} as tickets
    cross join as_of

)

select
    cast(touches.touch_id as string) as ticket_id,
    cast(touches.one_id as string) as one_id,
    cast(tickets.topic as string) as topic,
    cast(not (tickets.is_closed or tickets.is_never_closed) as boolean) as is_open,
    cast(
        coalesce(tickets.severity, 'medium') <> 'low'
        or coalesce(
            (tickets.is_closed or tickets.is_never_closed) and tickets.satisfaction <= 2, false
        ) as boolean
    ) as is_complaint,
    cast(touches.touched_date as date) as opened_date
from touches
inner join tickets on touches.touch_id = tickets.touch_id
