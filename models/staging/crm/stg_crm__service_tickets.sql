with

accepted as (

    select * from {{ ref("base_crm__service_tickets") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    ticket_id,
    member_id,
    phone,
    channel,
    topic,
    severity,
    description,
    satisfaction,
    opened_at,
    closed_at,
    loaded_at
from accepted
