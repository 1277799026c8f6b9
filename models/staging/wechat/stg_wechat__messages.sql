with

accepted as (

    select * from {{ ref("base_wechat__messages") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    message_id,
    app_id,
    openid,
    campaign_id,
    message_type,
    sent_at,
    opened_at,
    clicked_at,
    loaded_at
from accepted
