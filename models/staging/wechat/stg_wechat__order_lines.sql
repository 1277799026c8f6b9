with

accepted as (

    select * from {{ ref("base_wechat__order_lines") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    order_id,
    line_no,
    product_id,
    quantity,
    list_amount,
    net_amount,
    coupon_amount,
    loaded_at
from accepted
