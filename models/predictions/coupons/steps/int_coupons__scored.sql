{#-
    What each method gives each customer of each date: of the as-of date every amount that had been
    offered to anybody, of the others those that the campaign of the date offered, with what came.
-#}
with

dates as (

    select * from {{ ref("int_coupons__dates") }}

),

amounts as (

    select * from {{ ref("int_coupons__amounts") }}

),

customers as (

    select * from {{ ref("int_coupons__customers") }}

),

-- what a customer was expected to redeem of what it was offered
totals as (

    select
        customers.purpose,
        customers.step,
        customers.one_id,
        sum(customers.offers) as offers,
        sum(customers.redemptions) as redemptions,
        sum(customers.offers * amounts.rate) as expected
    from customers
    inner join amounts
        on
            customers.purpose = amounts.purpose
            and customers.step = amounts.step
            and customers.amount_from = amounts.amount_from
    group by customers.purpose, customers.step, customers.one_id

),

asked as (

    select
        totals.purpose,
        totals.step,
        totals.one_id,
        amounts.amount_from,
        cast(null as integer) as outcome
    from totals
    inner join amounts
        on
            totals.purpose = amounts.purpose
            and totals.step = amounts.step
    where totals.step = 0
    union all
    select
        offers.purpose,
        dates.step,
        offers.one_id,
        offers.amount_from,
        max(case when offers.redemption_known_date is null then 0 else 1 end) as outcome
    from {{ ref("int_coupons__offers") }} as offers
    inner join dates
        on
            offers.purpose = dates.purpose
            and offers.started_date = dates.snapshot_date
            and dates.step > 0
    group by offers.purpose, dates.step, offers.one_id, offers.amount_from

),

described as (

    select
        asked.*,
        amounts.rate,
        amounts.prior_size,
        amounts.all_rate,
        amounts.all_prior_size,
        amounts.offers as amount_offers,
        coalesce(customers.offers, 0) as offers,
        coalesce(customers.redemptions, 0) as redemptions,
        coalesce(totals.offers, 0) as own_offers,
        coalesce(totals.redemptions, 0) as own_redemptions,
        coalesce(totals.redemptions - customers.redemptions, totals.redemptions, 0)
            as other_redemptions,
        coalesce(totals.expected - customers.offers * amounts.rate, totals.expected, 0)
            as other_expected
    from asked
    inner join amounts
        on
            asked.purpose = amounts.purpose
            and asked.step = amounts.step
            and asked.amount_from = amounts.amount_from
    left join customers
        on
            asked.purpose = customers.purpose
            and asked.step = customers.step
            and asked.one_id = customers.one_id
            and asked.amount_from = customers.amount_from
    left join totals
        on
            asked.purpose = totals.purpose
            and asked.step = totals.step
            and asked.one_id = totals.one_id

),

-- how much more the customer redeemed of the other amounts than all customers do
drawn as (

    select
        *,
        least(
            rate * (other_redemptions + all_rate * all_prior_size)
            / nullif(other_expected + all_rate * all_prior_size, 0),
            0.999
        ) as prior_rate
    from described

),

scored as (

    select
        *,
        'base_rate' as method,
        all_rate as probability,
        amount_offers as effective_offers
    from drawn
    union all
    select
        *,
        'amount_rate' as method,
        rate as probability,
        amount_offers + all_prior_size as effective_offers
    from drawn
    union all
    select
        *,
        'customer_rate' as method,
        {{ beta_mean("own_redemptions", "own_offers", "all_rate", "all_prior_size") }}
            as probability,
        own_offers + all_prior_size as effective_offers
    from drawn
    union all
    select
        *,
        'beta_binomial' as method,
        {{ beta_mean("redemptions", "offers", "coalesce(prior_rate, rate)", "prior_size") }}
            as probability,
        offers + prior_size as effective_offers
    from drawn

)

select
    cast(one_id as string) as one_id,
    cast(purpose as string) as purpose,
    cast(method as string) as method,
    cast(step as integer) as step,
    cast(outcome as integer) as outcome,
    cast(offers as bigint) as offers,
    cast(redemptions as bigint) as redemptions,
    cast(amount_from as double) as amount_from,
    cast(round(probability, 12) as double) as probability,
    cast(effective_offers as double) as effective_offers
from scored
