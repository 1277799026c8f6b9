{#- A view: when customers merge or split only core.customer_profiles changes. -#}
with

order_lines as (

    select * from {{ ref("int_behaviour__order_lines") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

)

select
    cast(order_lines.order_line_id as string) as order_line_id,
    cast(order_lines.order_id as string) as order_id,
    cast(customer_profiles.one_id as string) as one_id,
    cast(order_lines.profile_id as string) as profile_id,
    cast(order_lines.product_id as string) as product_id,
    cast(order_lines.store_id as string) as store_id,
    cast(order_lines.channel as string) as channel,
    cast(order_lines.brand as string) as brand,
    cast(order_lines.department as string) as department,
    cast(order_lines.category as string) as category,
    cast(order_lines.return_link_status as string) as return_link_status,
    cast(order_lines.line_no as integer) as line_no,
    cast(order_lines.quantity as decimal(18, 3)) as quantity,
    cast(order_lines.net_amount as decimal(28, 4)) as net_amount,
    cast(order_lines.list_amount as decimal(28, 4)) as list_amount,
    cast(order_lines.discount_amount as decimal(28, 4)) as discount_amount,
    cast(order_lines.coupon_amount as decimal(28, 4)) as coupon_amount,
    cast(order_lines.returned_amount as decimal(28, 4)) as returned_amount,
    cast(order_lines.kept_amount as decimal(28, 4)) as kept_amount,
    cast(order_lines.is_return as boolean) as is_return,
    cast(order_lines.is_cancelled as boolean) as is_cancelled,
    cast(order_lines.is_known_product as boolean) as is_known_product,
    cast(order_lines.ordered_date as date) as ordered_date,
    cast(order_lines.ordered_at as timestamp) as ordered_at
from order_lines
left join customer_profiles
    on order_lines.profile_id = customer_profiles.profile_id
