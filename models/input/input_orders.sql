{#-
    A new system adds a select. An order without a person has no natural key; one without an exchange
    rate is in the reporting currency.
-#}
with

orders as (

    select
        'pos' as source_system,
        'pos' as channel,
        'pos-' || receipt_id as order_id,
        receipt_id as source_order_id,
        'pos-' || returns_receipt_id as returned_order_id,
        'pos' as record_system,
        'shopper' as record_type,
        {{ contact_key("card_no", "phone") }} as natural_key,
        customer_name,
        phone,
        cast(null as string) as email,
        card_no,
        store_id,
        payment_method,
        'completed' as order_status,
        currency,
        exchange_rate,
        shipping_amount,
        tax_amount,
        total_amount,
        sold_at as ordered_at,
        loaded_at
    from {{ ref("stg_pos__receipts") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'web' as source_system,
        'web' as channel,
        'web-' || order_id as order_id,
        order_id as source_order_id,
        'web-' || returns_order_id as returned_order_id,
        'web' as record_system,
        case
            when user_id is not null then 'account'
            when anonymous_id is not null then 'cookie'
            else 'guest'
        end as record_type,
        coalesce(user_id, anonymous_id, {{ contact_key("phone", "email") }}) as natural_key,
        recipient_name as customer_name,
        phone,
        email,
        cast(null as string) as card_no,
        cast(null as string) as store_id,
        payment_method,
        status as order_status,
        currency,
        exchange_rate,
        shipping_amount,
        tax_amount,
        total_amount,
        ordered_at,
        loaded_at
    from {{ ref("stg_web__orders") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'wechat' as source_system,
        'wechat' as channel,
        'wechat-' || order_id as order_id,
        order_id as source_order_id,
        'wechat-' || returns_order_id as returned_order_id,
        'wechat' as record_system,
        'user' as record_type,
        {{ wechat_user_key("app_id", "openid") }} as natural_key,
        recipient_name as customer_name,
        phone,
        cast(null as string) as email,
        cast(null as string) as card_no,
        cast(null as string) as store_id,
        payment_method,
        status as order_status,
        currency,
        exchange_rate,
        shipping_amount,
        tax_amount,
        total_amount,
        ordered_at,
        loaded_at
    from {{ ref("stg_wechat__orders") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'marketplace' as source_system,
        'marketplace' as channel,
        'marketplace-' || order_id as order_id,
        order_id as source_order_id,
        'marketplace-' || returns_order_id as returned_order_id,
        'marketplace' as record_system,
        case when buyer_id is not null then 'buyer' else 'guest' end as record_type,
        coalesce(buyer_id, {{ contact_key("phone", "email") }}) as natural_key,
        recipient_name as customer_name,
        phone,
        email,
        cast(null as string) as card_no,
        cast(null as string) as store_id,
        payment_method,
        status as order_status,
        currency,
        exchange_rate,
        shipping_amount,
        tax_amount,
        total_amount,
        ordered_at,
        loaded_at
    from {{ ref("stg_marketplace__orders") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(channel as string) as channel,
    cast(order_id as string) as order_id,
    cast(source_order_id as string) as source_order_id,
    cast(returned_order_id as string) as returned_order_id,
    cast(record_system as string) as record_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(customer_name as string) as customer_name,
    cast(phone as string) as phone,
    cast(email as string) as email,
    cast(card_no as string) as card_no,
    cast(store_id as string) as store_id,
    cast(payment_method as string) as payment_method,
    cast(order_status as string) as order_status,
    cast(currency as string) as currency,
    cast(coalesce(exchange_rate, 1) as decimal(20, 10)) as exchange_rate,
    cast(shipping_amount * coalesce(exchange_rate, 1) as decimal(28, 4)) as shipping_amount,
    cast(tax_amount * coalesce(exchange_rate, 1) as decimal(28, 4)) as tax_amount,
    cast(total_amount * coalesce(exchange_rate, 1) as decimal(28, 4)) as total_amount,
    cast(ordered_at as timestamp) as ordered_at,
    cast(loaded_at as timestamp) as loaded_at
from orders
