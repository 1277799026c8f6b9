{{ config(severity="warn") }}
-- A suggested coupon threshold is not below the usual basket, where it would pay for what is
-- bought already, and some of the customer's own orders come within reach of it.
select
    one_id,
    usual_basket,
    coupon_threshold,
    coupon_reach
from {{ ref("tag_price") }}
where
    coupon_threshold < usual_basket
    or coupon_reach < {{ var("coupon_reach_share") }} / 3
    or (usual_basket is not null and coupon_threshold is null)
