with

accepted as (

    select * from {{ ref("base_pos__receipts") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    receipt_id,
    store_id,
    till_id,
    staff_id,
    card_no,
    phone,
    customer_name,
    payment_method,
    returns_receipt_id,
    total_amount,
    sold_at,
    loaded_at
from accepted
