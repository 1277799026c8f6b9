with

snapshots as (

    select * from {{ ref("int_nes__snapshots") }}

),

order_days as (

    select
        *,
        ln(cast(days_since_previous as double)) as log_gap
    from {{ ref("int_tags__order_days") }}

),

-- what was known of each customer on each date, and when it bought next
gaps as (

    select
        snapshots.snapshot_date,
        order_days.one_id,
        count(order_days.log_gap) as gap_count,
        coalesce(avg(order_days.log_gap), 0) as mean_log_gap,
        coalesce(sum(order_days.log_gap * order_days.log_gap), 0) as sum_squared_log_gap,
        count(*) as order_days,
        min(order_days.ordered_date) as first_ordered_date,
        max(order_days.ordered_date) as last_ordered_date,
        min(
            case
                when order_days.next_ordered_date > snapshots.snapshot_date
                    then order_days.next_ordered_date
            end
        ) as next_ordered_date
    from order_days
    inner join snapshots on order_days.ordered_date <= snapshots.snapshot_date
    group by snapshots.snapshot_date, order_days.one_id

)

select
    cast(one_id as string) as one_id,
    cast(gap_count as bigint) as gap_count,
    cast(order_days as bigint) as order_days,
    cast(mean_log_gap as double) as mean_log_gap,
    cast(
        greatest(sum_squared_log_gap - gap_count * mean_log_gap * mean_log_gap, 0) as double
    ) as within_squares,
    cast(snapshot_date as date) as snapshot_date,
    cast(first_ordered_date as date) as first_ordered_date,
    cast(last_ordered_date as date) as last_ordered_date,
    cast(next_ordered_date as date) as next_ordered_date
from gaps
