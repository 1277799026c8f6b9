{#-
    How much each customer's orders come to, on the log scale: amounts of baskets are skewed,
    their logarithms nearly normal.
-#}
with

baskets as (

    select * from {{ ref("int_price__baskets") }}

),

parameters as (

    {{ read_parameters(
        ref("price_parameters"),
        "coupon_threshold",
        ["population_log_mean", "own_variance", "population_prior_size"],
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

basket_sizes as (

    select
        customers.one_id,
        customers.orders,
        (customers.log_sum + parameters.population_prior_size * parameters.population_log_mean)
        / (customers.orders + parameters.population_prior_size) as log_mean,
        {{ next_basket_variance(
            "customers.own_squares",
            "customers.orders",
            "parameters.own_variance",
            "parameters.population_prior_size",
        ) }} as log_variance
    from customers
    cross join parameters

)

select
    cast(one_id as string) as one_id,
    cast(orders as bigint) as orders,
    cast(round(log_mean, 9) as double) as log_mean,
    cast(round(log_variance, 9) as double) as log_variance
from basket_sizes
