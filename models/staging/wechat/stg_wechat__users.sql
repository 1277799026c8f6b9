with

accepted as (

    select * from {{ ref("base_wechat__users") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    app_id,
    openid,
    unionid,
    nickname,
    gender,
    province,
    city,
    phone,
    subscribed_at,
    unsubscribed_at,
    updated_at,
    loaded_at
from accepted
