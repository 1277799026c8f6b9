{#- A new system adds a select. -#}
with

coupons as (

    select
        'crm' as source_system,
        coupon_id,
        campaign_id,
        product_id,
        discount_type,
        discount_value,
        min_spend,
        loaded_at
    from {{ ref("stg_crm__coupons") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(coupon_id as string) as coupon_id,
    cast(campaign_id as string) as campaign_id,
    cast(product_id as string) as product_id,
    cast(discount_type as string) as discount_type,
    cast(discount_value as decimal(18, 4)) as discount_value,
    cast(min_spend as decimal(18, 4)) as min_spend,
    cast(loaded_at as timestamp) as loaded_at
from coupons
