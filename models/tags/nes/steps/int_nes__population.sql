{#- Method-of-moments estimates of a normal model of log gaps, one per snapshot. -#}
with

snapshots as (

    select * from {{ ref("int_nes__snapshots") }}

),

repeaters as (

    select * from {{ ref("int_nes__gaps") }}
    where gap_count > 0

),

sums as (

    select
        snapshot_date,
        count(*) as customers,
        sum(gap_count) as gaps,
        sum(gap_count * gap_count) as squared_gap_counts,
        sum(within_squares) as within_squares,
        sum(gap_count * mean_log_gap) / sum(gap_count) as mean_of_gaps
    from repeaters
    group by snapshot_date

),

between_sums as (

    select
        repeaters.snapshot_date,
        sum(repeaters.gap_count * power(repeaters.mean_log_gap - sums.mean_of_gaps, 2))
            as between_squares
    from repeaters
    inner join sums on repeaters.snapshot_date = sums.snapshot_date
    group by repeaters.snapshot_date

),

-- Where customers have one gap each, what varies within them cannot be separated from what varies
-- between: all of it is taken as within. Where they do not differ, the estimate of between is
-- negative. Both shrink everybody to the population.
variances as (

    select
        sums.snapshot_date,
        sums.customers,
        sums.gaps,
        between_sums.between_squares,
        sums.squared_gap_counts,
        greatest(
            coalesce(
                sums.within_squares / nullif(sums.gaps - sums.customers, 0),
                between_sums.between_squares / nullif(sums.customers - 1, 0),
                0
            ),
            0.000001
        ) as within_variance
    from sums
    inner join between_sums on sums.snapshot_date = between_sums.snapshot_date

),

spread as (

    select
        snapshot_date,
        customers,
        within_variance,
        greatest(
            coalesce(
                (between_squares - (customers - 1) * within_variance)
                / nullif(gaps - squared_gap_counts / cast(gaps as double), 0),
                0
            ),
            0.000001
        ) as between_variance
    from variances

),

-- each customer counts by how well its mean is known
means as (

    select
        repeaters.snapshot_date,
        sum(
            repeaters.mean_log_gap
            / (spread.within_variance / repeaters.gap_count + spread.between_variance)
        )
        / sum(
            1 / (spread.within_variance / repeaters.gap_count + spread.between_variance)
        ) as mean_log_gap
    from repeaters
    inner join spread on repeaters.snapshot_date = spread.snapshot_date
    group by repeaters.snapshot_date

),

population as (

    select
        snapshots.snapshot_date,
        coalesce(spread.customers, 0) as repeat_customers,
        -- no customer has bought twice yet: the variable applies
        coalesce(means.mean_log_gap, ln({{ var("nes_fallback_cycle_days") }})) as mean_log_gap,
        coalesce(spread.within_variance, 0.000001) as within_variance,
        coalesce(spread.between_variance, 0.000001) as between_variance
    from snapshots
    left join spread on snapshots.snapshot_date = spread.snapshot_date
    left join means on snapshots.snapshot_date = means.snapshot_date

)

select
    cast(repeat_customers as bigint) as repeat_customers,
    cast(mean_log_gap as double) as mean_log_gap,
    cast(within_variance as double) as within_variance,
    cast(between_variance as double) as between_variance,
    cast(exp(mean_log_gap + within_variance / 2) as double) as purchase_cycle_days,
    cast(snapshot_date as date) as snapshot_date
from population
