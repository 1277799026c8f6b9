with

accepted as (

    select * from {{ ref("base_crm__member_consents") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    member_id,
    channel,
    is_granted,
    changed_at,
    loaded_at
from accepted
