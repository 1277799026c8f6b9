with

accepted as (

    select * from {{ ref("base_pos__receipt_lines") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    receipt_id,
    line_no,
    product_id,
    quantity,
    list_amount,
    net_amount,
    coupon_amount,
    loaded_at
from accepted
