with

accepted as (

    select * from {{ ref("base_crm__campaigns") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    campaign_id,
    campaign_name,
    campaign_type,
    channel,
    objective,
    starts_at,
    ends_at,
    loaded_at
from accepted
