{#- Order lines with the product's brand and category and the order's facts. -#}
{%- call change_log.changed_keys(["order_id"]) %}
    {{ change_log.keys_from(ref("int_behaviour__orders"), ["order_id"]) }}
    union all
    {{ change_log.keys_from(ref("int_behaviour__returned_lines"), ["order_id"]) }}
    union all
    {{ change_log.keys_from(ref("input_order_lines"), ["order_id"]) }}
{% endcall -%}
{%- set product_columns = ["product_id", "brand", "department", "category"] -%}
{%- call change_log.changed_keys(["order_id"]) %}
    select {{ change_log.key_hash(["order_id"]) }} as key_hash
    from {{ this }}
    where product_id in (
        select product_id from {{ change_log.changes_of(ref("int_behaviour__products"), product_columns) }}
    )
{% endcall -%}
with

orders as (

    select * from {{ ref("int_behaviour__orders") }}
    {{ change_log.only_changed("where", ["order_id"]) }}

),

returned_lines as (

    select * from {{ ref("int_behaviour__returned_lines") }}
    {{ change_log.only_changed("where", ["order_id"]) }}

),

products as (

    select
        product_id,
        brand,
        department,
        category
    from {{ ref("int_behaviour__products") }}

),

priced as (

    select
        order_id,
        line_no,
        product_id,
        coalesce(quantity, 0) as quantity,
        coalesce(list_amount, net_amount, 0) as list_amount,
        coalesce(net_amount, 0) as net_amount,
        coalesce(coupon_amount, 0) as coupon_amount
    from {{ ref("input_order_lines") }}
    {{ change_log.only_changed("where", ["order_id"]) }}

),

described as (

    select
        priced.*,
        orders.profile_id,
        orders.channel,
        orders.store_id,
        orders.return_link_status,
        orders.is_return,
        orders.is_cancelled,
        orders.ordered_date,
        orders.ordered_at,
        products.brand,
        products.department,
        products.category,
        products.product_id is not null as is_known_product,
        coalesce(returned_lines.returned_amount, 0) as returned_amount
    from priced
    inner join orders
        on priced.order_id = orders.order_id
    left join products
        on priced.product_id = products.product_id
    left join returned_lines
        on
            priced.order_id = returned_lines.order_id
            and priced.line_no = returned_lines.line_no

)

select
    cast(order_id || '-' || cast(line_no as string) as string) as order_line_id,
    cast(order_id as string) as order_id,
    cast(profile_id as string) as profile_id,
    cast(product_id as string) as product_id,
    cast(store_id as string) as store_id,
    cast(channel as string) as channel,
    cast(brand as string) as brand,
    cast(department as string) as department,
    cast(category as string) as category,
    cast(return_link_status as string) as return_link_status,
    cast(line_no as integer) as line_no,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(net_amount as decimal(28, 4)) as net_amount,
    cast(list_amount as decimal(28, 4)) as list_amount,
    cast(list_amount - net_amount as decimal(28, 4)) as discount_amount,
    cast(coupon_amount as decimal(28, 4)) as coupon_amount,
    cast(returned_amount as decimal(28, 4)) as returned_amount,
    cast(
        case
            when is_cancelled or return_link_status = 'linked' then 0
            else net_amount - returned_amount
        end as decimal(28, 4)
    ) as kept_amount,
    cast(is_return as boolean) as is_return,
    cast(is_cancelled as boolean) as is_cancelled,
    cast(is_known_product as boolean) as is_known_product,
    cast(ordered_date as date) as ordered_date,
    cast(ordered_at as timestamp) as ordered_at
from described
