{#- A new system adds a select. -#}
with

order_lines as (

    select
        'pos' as source_system,
        'pos-' || receipt_id as order_id,
        product_id,
        line_no,
        quantity,
        list_amount,
        net_amount,
        coupon_amount,
        loaded_at
    from {{ ref("stg_pos__receipt_lines") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'web' as source_system,
        'web-' || order_id as order_id,
        product_id,
        line_no,
        quantity,
        list_amount,
        net_amount,
        coupon_amount,
        loaded_at
    from {{ ref("stg_web__order_lines") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'wechat' as source_system,
        'wechat-' || order_id as order_id,
        product_id,
        line_no,
        quantity,
        list_amount,
        net_amount,
        coupon_amount,
        loaded_at
    from {{ ref("stg_wechat__order_lines") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(order_id as string) as order_id,
    cast(product_id as string) as product_id,
    cast(line_no as bigint) as line_no,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(list_amount as decimal(18, 4)) as list_amount,
    cast(net_amount as decimal(18, 4)) as net_amount,
    cast(coupon_amount as decimal(18, 4)) as coupon_amount,
    cast(loaded_at as timestamp) as loaded_at
from order_lines
