{#- How dear each customer buys within the categories it buys from. -#}
with

customer_categories as (

    select * from {{ ref("int_price__customer_categories") }}
    where is_compared

),

customers as (

    select
        one_id,
        sum(line_count) as line_count,
        sum(level_sum) as level_sum,
        sum(level_squares) as level_squares,
        sum(spend_level_sum) / cast(sum(kept_amount) as double) as price_level,
        -- lines of equal spend that would say as much (Kish 1965)
        cast(sum(kept_amount) as double) * cast(sum(kept_amount) as double)
        / sum(spend_squares) as even_lines
    from customer_categories
    group by one_id

),

totals as (

    select
        count(*) as customers,
        sum(line_count) as line_count,
        sum(cast(line_count as double) * line_count) as lines_squared,
        sum(level_sum) / sum(line_count) as level_mean,
        sum(level_squares - level_sum * level_sum / line_count) as own_squares,
        sum(level_sum * level_sum / line_count) as mean_squares
    from customers

),

variances as (

    select
        *,
        own_squares / nullif(line_count - customers, 0) as own_variance,
        case
            when line_count > customers
                then greatest(own_squares / (line_count - customers), 0.000001)
        end as least_variance
    from totals

),

spreads as (

    select
        level_mean,
        -- where all lines stand at one level nothing varies, and nothing may be divided by it
        coalesce(
            least_variance / greatest(
                (
                    mean_squares
                    - level_mean * level_mean * line_count
                    - (customers - 1) * own_variance
                )
                / nullif(line_count - lines_squared / line_count, 0),
                least_variance / 1000
            ),
            1000
        ) as strength
    from variances

),

shrunk as (

    select
        customers.*,
        spreads.level_mean,
        spreads.strength,
        (customers.price_level * customers.even_lines + spreads.strength * spreads.level_mean)
        / (customers.even_lines + spreads.strength) as spending_power_score
    from customers
    cross join spreads

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
    cast(round(even_lines, 9) as double) as even_lines,
    cast(round(level_mean, 9) as double) as level_mean,
    cast(round(strength, 9) as double) as strength,
    cast(round(spending_power_score, 9) as double) as spending_power_score,
    cast(round(share_below, 9) as double) as share_below
from spending_powers
