with

accepted as (

    select * from {{ ref("base_crm__coupon_redemptions") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    redemption_id,
    coupon_id,
    campaign_id,
    member_id,
    order_id,
    redeemed_at,
    loaded_at
from accepted
