with

accepted as (

    select * from {{ ref("base_crm__contacts") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    contact_id,
    campaign_id,
    member_id,
    channel,
    status,
    sent_at,
    opened_at,
    clicked_at,
    unsubscribed_at,
    loaded_at
from accepted
