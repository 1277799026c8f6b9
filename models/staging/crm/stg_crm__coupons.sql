with

accepted as (

    select * from {{ ref("base_crm__coupons") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    coupon_id,
    campaign_id,
    product_id,
    discount_type,
    discount_value,
    min_spend,
    loaded_at
from accepted
