{#- What each customer bought of each category, and at which list price of a unit. -#}
with

known_orders as (

    select * from {{ ref("int_predictions__known_orders") }}

),

order_lines as (

    select
        order_line_id,
        order_id,
        line_no,
        category,
        ordered_at,
        {{ rounded("cast(list_amount as double) / cast(quantity as double)", 18, 2) }}
            as unit_price
    from {{ ref("int_behaviour__order_lines") }}
    where category is not null and quantity > 0 and list_amount > 0

)

select
    cast(order_lines.order_line_id as string) as order_line_id,
    cast(known_orders.order_id as string) as order_id,
    cast(known_orders.one_id as string) as one_id,
    cast(order_lines.category as string) as category,
    cast(order_lines.line_no as integer) as line_no,
    cast(order_lines.unit_price as double) as unit_price,
    cast(known_orders.ordered_date as date) as ordered_date,
    cast(known_orders.known_date as date) as known_date,
    cast(order_lines.ordered_at as timestamp) as ordered_at
from known_orders
inner join order_lines on known_orders.order_id = order_lines.order_id
where order_lines.unit_price > 0
