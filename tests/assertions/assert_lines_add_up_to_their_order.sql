-- Every amount of an order is the sum of its lines: sold, returned and kept alike.
with

line_totals as (

    select
        order_id,
        sum(net_amount) as net_amount,
        sum(list_amount) as list_amount,
        sum(coupon_amount) as coupon_amount,
        sum(returned_amount) as returned_amount,
        sum(kept_amount) as kept_amount,
        sum(quantity) as item_quantity,
        count(*) as line_count
    from {{ ref("int_behaviour__order_lines") }}
    group by order_id

)

select
    orders.order_id,
    orders.net_amount,
    line_totals.net_amount as lines_net_amount
from {{ ref("int_behaviour__orders") }} as orders
left join line_totals
    on orders.order_id = line_totals.order_id
where
    orders.net_amount <> coalesce(line_totals.net_amount, 0)
    or orders.list_amount <> coalesce(line_totals.list_amount, 0)
    or orders.coupon_amount <> coalesce(line_totals.coupon_amount, 0)
    or orders.returned_amount <> coalesce(line_totals.returned_amount, 0)
    or orders.kept_amount <> coalesce(line_totals.kept_amount, 0)
    or orders.item_quantity <> coalesce(line_totals.item_quantity, 0)
    or orders.line_count <> coalesce(line_totals.line_count, 0)
