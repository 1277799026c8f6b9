-- What linked returns gave back stands on the sales they name, to the cent and at the rate of the
-- sale if both are in one currency: as returned amount or, beyond what the sale cost, as excess. A
-- refund by status has no return.
with

orders as (

    select * from {{ ref("int_behaviour__orders") }}

),

returns as (

    select
        orders.returned_order_id as order_id,
        -sum(
            case
                when orders.currency = originals.currency
                    then
                        cast(
                            return_lines.original_net_amount * originals.exchange_rate
                            as decimal(28, 4)
                        )
                else return_lines.net_amount
            end
        ) as amount
    from orders
    inner join orders as originals
        on orders.returned_order_id = originals.order_id
    inner join {{ ref("input_order_lines") }} as return_lines
        on orders.order_id = return_lines.order_id
    where orders.return_link_status = 'linked' and not orders.is_cancelled
    group by orders.returned_order_id

),

sales as (

    select
        order_id,
        returned_amount + excess_returned_amount as amount
    from orders
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
