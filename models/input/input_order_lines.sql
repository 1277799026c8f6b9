{#-
    A new system adds a select, and one for what is taken off orders as a whole if it knows that.
    Amounts are in the reporting currency, but for original_net_amount.
-#}
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
        exchange_rate,
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
        exchange_rate,
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
        exchange_rate,
        loaded_at
    from {{ ref("stg_wechat__order_lines") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'marketplace' as source_system,
        'marketplace-' || order_id as order_id,
        product_id,
        line_no,
        quantity,
        list_amount,
        net_amount,
        coupon_amount,
        exchange_rate,
        loaded_at
    from {{ ref("stg_marketplace__order_lines") }}
    where reject_reason is null and not is_exact_duplicate

),

-- what was taken off an order as a whole
discounts as (

    select
        'pos' as source_system,
        'pos-' || receipt_id as order_id,
        discount_amount,
        exchange_rate,
        loaded_at
    from {{ ref("stg_pos__receipts") }}
    where reject_reason is null and not is_exact_duplicate and discount_amount <> 0

    union all

    select
        'web' as source_system,
        'web-' || order_id as order_id,
        discount_amount,
        exchange_rate,
        loaded_at
    from {{ ref("stg_web__orders") }}
    where reject_reason is null and not is_exact_duplicate and discount_amount <> 0

    union all

    select
        'wechat' as source_system,
        'wechat-' || order_id as order_id,
        discount_amount,
        exchange_rate,
        loaded_at
    from {{ ref("stg_wechat__orders") }}
    where reject_reason is null and not is_exact_duplicate and discount_amount <> 0

    union all

    select
        'marketplace' as source_system,
        'marketplace-' || order_id as order_id,
        discount_amount,
        exchange_rate,
        loaded_at
    from {{ ref("stg_marketplace__orders") }}
    where reject_reason is null and not is_exact_duplicate and discount_amount <> 0

),

all_lines as (

    select * from order_lines
    union all
    select
        source_system,
        order_id,
        cast(null as string) as product_id,
        -1 as line_no,
        0 as quantity,
        0 as list_amount,
        -discount_amount as net_amount,
        0 as coupon_amount,
        exchange_rate,
        loaded_at
    from discounts

)

select
    cast(source_system as string) as source_system,
    cast(order_id as string) as order_id,
    cast(product_id as string) as product_id,
    cast(line_no as bigint) as line_no,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(list_amount * coalesce(exchange_rate, 1) as decimal(28, 4)) as list_amount,
    cast(net_amount * coalesce(exchange_rate, 1) as decimal(28, 4)) as net_amount,
    cast(net_amount as decimal(18, 4)) as original_net_amount,
    cast(coupon_amount * coalesce(exchange_rate, 1) as decimal(28, 4)) as coupon_amount,
    cast(loaded_at as timestamp) as loaded_at
from all_lines
