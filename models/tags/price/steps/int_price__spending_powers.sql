{#- How dear each customer buys within the categories it buys from. -#}
with

customer_categories as (

    select * from {{ ref("int_price__customer_categories") }}
    where is_compared

),

levels as (

    {{ read_parameters(
        ref("price_parameters"),
        "spending_power",
        ["population_level_mean", "population_prior_size"],
    ) }}

),

customers as (

    select
        one_id,
        sum(line_count) as line_count,
        sum(spend_level_sum) / cast(sum(kept_amount) as double) as price_level,
        -- lines of equal spend that would say as much (Kish 1965)
        cast(sum(kept_amount) as double) * cast(sum(kept_amount) as double)
        / sum(spend_squares) as effective_lines
    from customer_categories
    group by one_id

),

shrunk as (

    select
        customers.*,
        (
            customers.price_level * customers.effective_lines
            + levels.population_prior_size * levels.population_level_mean
        ) / (customers.effective_lines + levels.population_prior_size) as spending_power_score
    from customers
    cross join levels

),

spending_powers as (

    select
        *,
        -- sums of levels are kept to nine decimals, so that scores are equal to fewer
        (rank() over (order by round(spending_power_score, 6)) - 1)
        / cast(count(*) over () as double) as share_below
    from shrunk

)

select
    cast(one_id as string) as one_id,
    cast(line_count as bigint) as line_count,
    cast(round(price_level, 9) as double) as price_level,
    cast(round(effective_lines, 9) as double) as effective_lines,
    cast(round(spending_power_score, 9) as double) as spending_power_score,
    cast(round(share_below, 9) as double) as share_below
from spending_powers
