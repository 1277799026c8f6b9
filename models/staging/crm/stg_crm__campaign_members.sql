with

accepted as (

    select * from {{ ref("base_crm__campaign_members") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    campaign_id,
    member_id,
    arm,
    assigned_at,
    loaded_at
from accepted
