-- What linked returns gave back stands on the sales they name, to the cent: as returned
-- amount or, beyond what the sale cost, as excess. A refund by status has no return.
with

returns as (

    select
        returned_order_id as order_id,
        -sum(net_amount) as amount
    from {{ ref("int_behaviour__orders") }}
    where return_link_status = 'linked' and not is_cancelled
    group by returned_order_id

),

sales as (

    select
        order_id,
        returned_amount + excess_returned_amount as amount
    from {{ ref("int_behaviour__orders") }}
    where returned_by = 'receipt'

)

select
    coalesce(sales.order_id, returns.order_id) as order_id,
    sales.amount as netted_amount,
    returns.amount as returned_amount
from sales
full outer join returns
    on sales.order_id = returns.order_id
where coalesce(sales.amount, 0) <> coalesce(returns.amount, 0)
