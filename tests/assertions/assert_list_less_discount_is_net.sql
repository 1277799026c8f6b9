-- What the shelf says less what was taken off is what the retailer receives.
select
    'orders' as fact,
    order_id as fact_id
from {{ ref("int_behaviour__orders") }}
where list_amount - discount_amount <> net_amount

union all

select
    'order_lines' as fact,
    order_line_id as fact_id
from {{ ref("int_behaviour__order_lines") }}
where list_amount - discount_amount <> net_amount
