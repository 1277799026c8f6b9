{#- The share of a customer's orders in each channel, drawn towards the shares of all. -#}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

orders as (

    select
        orders.one_id,
        orders.channel,
        count(*) as orders
    from {{ ref("orders") }} as orders
    cross join as_of
    where
        orders.one_id is not null
        and not orders.is_return
        and not orders.is_cancelled
        and orders.ordered_date
        > {{ add_days("as_of.as_of_date", -setting("channel_window_days")) }}
    group by orders.one_id, orders.channel

),

customers as (

    select
        one_id,
        sum(orders) as all_orders
    from orders
    group by one_id

),

population as (

    select
        count(*) as customers,
        sum(all_orders) as trials,
        sum(cast(all_orders as double) * all_orders) as trials_squared
    from customers

),

shared as (

    select
        orders.one_id,
        orders.channel,
        orders.orders,
        customers.all_orders
    from orders
    inner join customers
        on orders.one_id = customers.one_id

),

totals as (

    select
        channel,
        sum(orders) as successes,
        sum(cast(orders as double) * orders / all_orders) as successes_squared
    from shared
    group by channel

),

priors as (

    select
        totals.channel,
        totals.successes / cast(population.trials as double) as prior_mean,
        {{ beta_prior_strength(
            "totals.successes_squared",
            "totals.successes",
            "population.trials",
            "population.trials_squared",
            "population.customers",
        ) }} as prior_strength
    from totals
    cross join population

),

channel_orders as (

    select
        shared.*,
        priors.prior_mean,
        priors.prior_strength,
        {{ beta_mean(
            "shared.orders", "shared.all_orders", "priors.prior_mean", "priors.prior_strength"
        ) }} as shrunken_share
    from shared
    inner join priors
        on shared.channel = priors.channel

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(orders as bigint) as orders,
    cast(all_orders as bigint) as all_orders,
    cast(prior_mean as double) as prior_mean,
    cast(prior_strength as double) as prior_strength,
    cast(shrunken_share as double) as shrunken_share,
    cast({{ probability_above(
        "shrunken_share",
        beta_variance("shrunken_share", "all_orders", "prior_strength"),
        setting("channel_preference_share"),
    ) }} as double) as confidence
from channel_orders
