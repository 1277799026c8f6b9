with

accepted as (

    select * from {{ ref("base_wechat__orders") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    order_id,
    app_id,
    openid,
    phone,
    recipient_name,
    province,
    city,
    status,
    payment_method,
    returns_order_id,
    shipping_amount,
    total_amount,
    ordered_at,
    loaded_at
from accepted
