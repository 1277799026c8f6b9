{#-
    How often coupons of each amount were redeemed by each date, and how much customers differ: the
    prior of the beta-binomial distribution (beta_prior). An amount with few offers is drawn towards
    all, and its prior counts for no more than it rests on.
-#}
with

customers as (

    select * from {{ ref("int_coupons__customers") }}

),

amounts as (

    select
        purpose,
        step,
        amount_from,
        count(*) as customers,
        sum(offers) as offers,
        sum(redemptions) as redemptions,
        {{ beta_prior_size(
            "sum(redemptions * redemptions / cast(offers as double))",
            "sum(redemptions)",
            "sum(offers)",
            "sum(offers * offers)",
            "count(*)",
        ) }} as prior_size
    from customers
    group by purpose, step, amount_from

),

customer_totals as (

    select
        purpose,
        step,
        one_id,
        sum(offers) as offers,
        sum(redemptions) as redemptions
    from customers
    group by purpose, step, one_id

),

totals as (

    select
        purpose,
        step,
        count(*) as customers,
        sum(offers) as offers,
        sum(redemptions) as redemptions,
        sum(redemptions) / cast(sum(offers) as double) as rate,
        {{ beta_prior_size(
            "sum(redemptions * redemptions / cast(offers as double))",
            "sum(redemptions)",
            "sum(offers)",
            "sum(offers * offers)",
            "count(*)",
        ) }} as prior_size
    from customer_totals
    group by purpose, step

)

select
    cast(amounts.purpose as string) as purpose,
    cast(amounts.step as integer) as step,
    cast(amounts.amount_from as double) as amount_from,
    cast(amounts.customers as bigint) as customers,
    cast(amounts.offers as bigint) as offers,
    cast(amounts.redemptions as bigint) as redemptions,
    cast(totals.customers as bigint) as all_customers,
    cast(totals.offers as bigint) as all_offers,
    cast(totals.redemptions as bigint) as all_redemptions,
    cast(
        {{ beta_mean("amounts.redemptions", "amounts.offers", "totals.rate", "totals.prior_size") }}
        as double
    ) as rate,
    cast(least(amounts.prior_size, amounts.offers + totals.prior_size) as double) as prior_size,
    cast(totals.rate as double) as all_rate,
    cast(totals.prior_size as double) as all_prior_size
from amounts
inner join totals
    on
        amounts.purpose = totals.purpose
        and amounts.step = totals.step
