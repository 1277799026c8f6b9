{#- A view: when customers merge or split only core.customer_profiles changes. -#}
with

orders as (

    select * from {{ ref("int_behaviour__orders") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

)

select
    cast(orders.order_id as string) as order_id,
    cast(customer_profiles.one_id as string) as one_id,
    cast(orders.profile_id as string) as profile_id,
    cast(orders.source_system as string) as source_system,
    cast(orders.channel as string) as channel,
    cast(orders.store_id as string) as store_id,
    cast(orders.payment_method as string) as payment_method,
    cast(orders.source_order_id as string) as source_order_id,
    cast(orders.returned_order_id as string) as returned_order_id,
    cast(orders.order_status as string) as order_status,
    cast(orders.profile_basis as string) as profile_basis,
    cast(orders.return_link_status as string) as return_link_status,
    cast(orders.returned_by as string) as returned_by,
    cast(orders.currency as string) as currency,
    cast(orders.tax_basis as string) as tax_basis,
    cast(orders.net_amount as decimal(28, 4)) as net_amount,
    cast(orders.list_amount as decimal(28, 4)) as list_amount,
    cast(orders.discount_amount as decimal(28, 4)) as discount_amount,
    cast(orders.coupon_amount as decimal(28, 4)) as coupon_amount,
    cast(orders.returned_amount as decimal(28, 4)) as returned_amount,
    cast(orders.excess_returned_amount as decimal(28, 4)) as excess_returned_amount,
    cast(orders.kept_amount as decimal(28, 4)) as kept_amount,
    cast(orders.shipping_amount as decimal(28, 4)) as shipping_amount,
    cast(orders.tax_amount as decimal(28, 4)) as tax_amount,
    cast(orders.total_difference as decimal(28, 4)) as total_difference,
    cast(orders.original_net_amount as decimal(28, 4)) as original_net_amount,
    cast(orders.exchange_rate as decimal(20, 10)) as exchange_rate,
    cast(orders.item_quantity as decimal(18, 3)) as item_quantity,
    cast(orders.line_count as integer) as line_count,
    cast(orders.is_return as boolean) as is_return,
    cast(orders.is_cancelled as boolean) as is_cancelled,
    cast(orders.is_reconciled as boolean) as is_reconciled,
    cast(orders.ordered_date as date) as ordered_date,
    cast(orders.ordered_at as timestamp) as ordered_at
from orders
left join customer_profiles
    on orders.profile_id = customer_profiles.profile_id
