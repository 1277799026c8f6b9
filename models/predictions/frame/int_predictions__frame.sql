{#-
    What was known of each customer on each date, and what it did within the horizon after it. Of the past a sample of customers is enough.
-#}
with

dates as (

    select
        *,
        {{ add_days("snapshot_date", "-look_back_days") }} as before_look_back,
        {{ add_days("snapshot_date", "horizon_days") }} as horizon_end
    from {{ ref("int_predictions__dates") }}

),

order_days as (

    select * from {{ ref("int_predictions__order_days") }}

),

customers as (

    select
        one_id,
        row_number() over (order by md5(one_id), one_id) as sample_number
    from order_days
    group by one_id

),

dated_days as (

    select
        dates.horizon_days,
        dates.step,
        dates.look_back_days,
        dates.snapshot_date,
        order_days.one_id,
        order_days.ordered_date,
        order_days.net_amount,
        order_days.item_quantity,
        {{ days_between("order_days.ordered_date", "dates.snapshot_date") }} as days_ago,
        order_days.known_date <= dates.snapshot_date as is_known,
        order_days.known_date <= dates.snapshot_date
        and order_days.ordered_date > dates.before_look_back as is_in_look_back,
        order_days.ordered_date > dates.snapshot_date as is_after,
        order_days.known_date <= dates.horizon_end as is_known_at_end
    from order_days
    inner join customers on order_days.one_id = customers.one_id
    inner join dates
        on
            order_days.ordered_date <= dates.horizon_end
            and (
                dates.step <= 0
                or customers.sample_number <= {{ var("prediction_sample_customers") }}
            )

),

totals as (

    select
        horizon_days,
        step,
        look_back_days,
        snapshot_date,
        one_id,
        min(case when is_known then days_ago end) as days_since_last,
        max(case when is_known then days_ago end) as days_since_first,
        max(case when is_in_look_back then days_ago end) as days_since_first_in_look_back,
        count(distinct case when is_in_look_back then ordered_date end) as order_days,
        count(distinct case when is_in_look_back and days_ago < 7 then ordered_date end)
            as order_days_7,
        count(distinct case when is_in_look_back and days_ago < 28 then ordered_date end)
            as order_days_28,
        count(distinct case when is_in_look_back and days_ago < 84 then ordered_date end)
            as order_days_84,
        count(distinct case when is_in_look_back then floor(days_ago / 7.0) end) as order_weeks,
        sum(case when is_in_look_back then net_amount else 0 end) as net_amount,
        sum(case when is_in_look_back and days_ago < 28 then net_amount else 0 end)
            as net_amount_28,
        sum(case when is_in_look_back then item_quantity else 0 end) as item_quantity,
        count(distinct case when is_after then ordered_date end) as order_days_after,
        count(distinct case when is_after and is_known_at_end then ordered_date end)
            as order_days_after_known,
        sum(case when is_after then net_amount else 0 end) as net_amount_after,
        sum(case when is_after and is_known_at_end then net_amount else 0 end)
            as net_amount_after_known
    from dated_days
    group by horizon_days, step, look_back_days, snapshot_date, one_id

),

-- whoever had not bought by the date, as far as was known, is no customer of it
known_customers as (

    select
        *,
        least(days_since_last, look_back_days) as recency_days,
        case
            when order_days > 1
                then
                    (days_since_first_in_look_back - days_since_last)
                    / cast(order_days - 1 as double)
            else look_back_days
        end as mean_gap_days
    from totals
    where days_since_last is not null

)

select
    cast(one_id as string) as one_id,
    cast(horizon_days as integer) as horizon_days,
    cast(step as integer) as step,
    cast(recency_days as double) as recency_days,
    cast(least(days_since_first, look_back_days) as double) as tenure_days,
    cast(order_days as double) as order_days,
    cast(order_days_7 as double) as order_days_7,
    cast(order_days_28 as double) as order_days_28,
    cast(order_days_84 as double) as order_days_84,
    cast(order_weeks as double) as order_weeks,
    cast(greatest(net_amount, 0) as double) as net_amount,
    cast(greatest(net_amount_28, 0) as double) as net_amount_28,
    cast(greatest(item_quantity, 0) as double) as item_quantity,
    cast(mean_gap_days as double) as mean_gap_days,
    cast(recency_days / mean_gap_days as double) as overdue_ratio,
    cast(case when step > 0 then order_days_after end as bigint) as order_days_after,
    cast(case when step > 0 then order_days_after_known end as bigint) as order_days_after_known,
    cast(case when step > 0 then net_amount_after end as decimal(28, 4)) as net_amount_after,
    cast(case when step > 0 then net_amount_after_known end as decimal(28, 4))
        as net_amount_after_known,
    cast(snapshot_date as date) as snapshot_date
from known_customers
