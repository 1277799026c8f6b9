{#-
    How much each customer's orders come to, on the log scale: amounts of baskets are skewed,
    their logarithms nearly normal. What holds for all customers stands in every row.
-#}
{#- a customer's own spread counts as much as that of all from so many orders on -#}
{%- set spread_orders = 5 -%}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

baskets as (

    select
        orders.one_id,
        ln(cast(orders.net_amount as double)) as log_amount
    from {{ ref("orders") }} as orders
    cross join as_of
    where
        orders.one_id is not null
        and not orders.is_return
        and not orders.is_cancelled
        and orders.net_amount > 0
        and orders.kept_amount > 0
        and orders.ordered_date > {{ add_days(
            "as_of.as_of_date", -setting("loyalty_window_days")
        ) }}

),

customers as (

    select
        one_id,
        count(*) as orders,
        sum(log_amount) as log_sum,
        sum(log_amount * log_amount) - sum(log_amount) * sum(log_amount) / count(*)
            as own_squares
    from baskets
    group by one_id

),

totals as (

    select
        count(*) as customers,
        sum(orders) as orders,
        sum(cast(orders as double) * orders) as orders_squared,
        sum(log_sum) / sum(orders) as log_mean,
        sum(own_squares) as own_squares,
        sum(log_sum * log_sum / orders) as mean_squares
    from customers

),

variances as (

    select
        *,
        greatest(own_squares / nullif(orders - customers, 0), 0.000001) as own_variance
    from totals

),

spreads as (

    select
        log_mean,
        own_variance,
        -- between customers, by the moments of a one-way analysis of variance
        own_variance / nullif(
            greatest(
                (mean_squares - log_mean * log_mean * orders - (customers - 1) * own_variance)
                / nullif(orders - orders_squared / orders, 0),
                0.000001
            ),
            0
        ) as strength
    from variances

),

-- each order without itself: what the customer's other orders make one expect of it
others as (

    select
        baskets.log_amount,
        customers.orders - 1 as orders,
        (customers.log_sum - baskets.log_amount + spreads.strength * spreads.log_mean)
        / (customers.orders - 1 + spreads.strength) as log_mean,
        greatest(
            customers.own_squares
            - (baskets.log_amount - customers.log_sum / customers.orders)
            * (baskets.log_amount - customers.log_sum / customers.orders)
            * customers.orders / greatest(customers.orders - 1, 1),
            0
        ) as own_squares,
        spreads.own_variance,
        spreads.strength
    from baskets
    inner join customers on baskets.one_id = customers.one_id
    cross join spreads

),

surprises as (

    select
        (log_amount - log_mean) / sqrt(
            ({{ spread_orders }} * own_variance + own_squares)
            / ({{ spread_orders }} + greatest(orders - 1, 0))
            * (1 + 1 / (orders + strength))
        ) as deviations
    from others

),

reach as (

    select {{ quantile("deviations", 1 - setting("coupon_reach_share")) }} as coupon_deviations
    from surprises

),

basket_sizes as (

    select
        customers.one_id,
        customers.orders,
        (customers.log_sum + spreads.strength * spreads.log_mean)
        / (customers.orders + spreads.strength) as log_mean,
        ({{ spread_orders }} * spreads.own_variance + customers.own_squares)
        / ({{ spread_orders }} + customers.orders - 1)
        * (1 + 1 / (customers.orders + spreads.strength)) as log_variance,
        spreads.log_mean as population_log_mean,
        spreads.own_variance,
        spreads.strength,
        reach.coupon_deviations
    from customers
    cross join spreads
    cross join reach

)

select
    cast(one_id as string) as one_id,
    cast(orders as bigint) as orders,
    cast(round(log_mean, 9) as double) as log_mean,
    cast(round(log_variance, 9) as double) as log_variance,
    cast(round(population_log_mean, 9) as double) as population_log_mean,
    cast(round(own_variance, 9) as double) as own_variance,
    cast(round(strength, 9) as double) as strength,
    cast(round(coupon_deviations, 9) as double) as coupon_deviations
from basket_sizes
