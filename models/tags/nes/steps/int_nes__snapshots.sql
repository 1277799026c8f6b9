{#-
    The dates on which cycles are computed: the as-of date, and dates before the day of the last
    fit, so that limits and what is common to all customers are held until the next one.
-#}
{%- set backtest_days = var("nes_backtest_days") -%}
{%- set refit_days = var("prediction_refit_days") -%}

with

as_of as (

    select
        as_of_date,
        {{ add_days(
            "as_of_date",
            "-(" ~ days_between("cast('1970-01-01' as date)", "as_of_date") ~ " % " ~ refit_days ~ ")",
        ) }} as fit_date
    from {{ ref("int_behaviour__as_of") }}

),

order_days as (

    select * from {{ ref("int_tags__order_days") }}

),

own_gaps as (

    select
        order_days.one_id,
        avg(order_days.days_since_previous) as mean_gap
    from order_days
    inner join as_of on order_days.ordered_date <= as_of.fit_date
    where order_days.days_since_previous is not null
    group by order_days.one_id

),

first_order as (

    select min(ordered_date) as first_ordered_date from order_days

),

horizon as (

    -- long enough for most customers' next cycle, short enough to look back often
    select
        coalesce(
            nullif({{ backtest_days }}, 0),
            least(greatest(ceil(2 * coalesce(avg(mean_gap), 0)), 28), 180)
        ) as horizon_days
    from own_gaps

),

steps as (

    select 0 as step, 'current' as purpose
    union all
    select 0 as step, 'held' as purpose
    union all
    select 1 as step, 'test' as purpose
    {% for step in range(2, 5) -%}
        union all
        select {{ step }} as step, 'fit' as purpose
    {% endfor %}

),

dated as (

    select
        steps.step,
        steps.purpose,
        cast(horizon.horizon_days as integer) as horizon_days,
        as_of.fit_date,
        case
            when steps.purpose = 'current' then as_of.as_of_date
            else {{ add_days("as_of.fit_date", "(-steps.step * horizon.horizon_days)") }}
        end as snapshot_date
    from as_of
    cross join horizon
    cross join steps
    where steps.purpose <> 'held' or as_of.fit_date < as_of.as_of_date

),

-- a date before which there is hardly any history teaches nothing
snapshots as (

    select dated.*
    from dated
    cross join first_order
    where
        dated.step = 0
        or dated.snapshot_date
        >= {{ add_days("first_order.first_ordered_date", "dated.horizon_days") }}

)

select
    cast(purpose as string) as purpose,
    cast(step as integer) as step,
    cast(horizon_days as integer) as horizon_days,
    cast(snapshot_date as date) as snapshot_date,
    cast(case when purpose = 'current' then fit_date else snapshot_date end as date)
        as fitted_on_date
from snapshots
