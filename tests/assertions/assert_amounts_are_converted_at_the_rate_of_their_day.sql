-- An order in the reporting currency is worth what its lines say; one in another currency that much
-- at the latest rate of the seed up to its day, each line rounded to four decimals.
with

orders as (

    select * from {{ ref("orders") }}

),

rates as (

    select * from {{ ref("exchange_rates") }}

),

rate_days as (

    select
        orders.order_id,
        orders.currency,
        max(rates.from_date) as from_date
    from orders
    inner join rates
        on
            orders.currency = rates.currency
            and orders.ordered_date >= rates.from_date
    where orders.currency <> '{{ var("reporting_currency") }}'
    group by orders.order_id, orders.currency

)

select
    orders.order_id,
    orders.currency,
    orders.original_net_amount,
    orders.exchange_rate,
    rates.rate as rate_of_the_day,
    orders.net_amount
from orders
left join rate_days
    on orders.order_id = rate_days.order_id
left join rates
    on
        rate_days.currency = rates.currency
        and rate_days.from_date = rates.from_date
where
    orders.exchange_rate <> case
        when orders.currency = '{{ var("reporting_currency") }}' then 1
        else coalesce(rates.rate, 0)
    end
    or abs(
        cast(orders.net_amount as double)
        - cast(orders.original_net_amount as double) * cast(orders.exchange_rate as double)
    ) > 0.0001 * orders.line_count + 1e-9 * abs(cast(orders.net_amount as double))
