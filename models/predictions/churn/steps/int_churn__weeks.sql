{#-
    Who ordered in each of 52 weeks that are 90 days past, and has not ordered within the 90 days after
    its last order in the week; by what it spent in the half year before, which must be known.
-#}
with

known_days as (

    select * from {{ ref("int_predictions__order_days") }}

),

as_of as (

    select
        {{ add_days("as_of_date", -90) }} as last_day,
        (select min(ordered_date) from known_days) as first_date
    from {{ ref("int_behaviour__as_of") }}

),

order_days as (

    select
        one_id,
        ordered_date,
        {{ days_between("date '1970-01-01'", "ordered_date") }} as day_number,
        sum(net_amount) as net_amount
    from known_days
    group by one_id, ordered_date

),

placed as (

    select
        *,
        lead(ordered_date) over (partition by one_id order by ordered_date) as next_date,
        sum(net_amount) over (
            partition by one_id order by day_number range between 182 preceding and 1 preceding
        ) as amount_before
    from order_days

),

numbered as (

    select
        placed.one_id,
        placed.ordered_date,
        placed.amount_before,
        as_of.last_day,
        as_of.first_date,
        cast(
            floor({{ days_between("placed.ordered_date", "as_of.last_day") }} / 7.0) as integer
        ) as week_number,
        case
            when {{ days_between("placed.ordered_date", "placed.next_date") }} <= 90 then 0 else 1
        end as is_last
    from placed
    cross join as_of
    where
        placed.ordered_date <= as_of.last_day
        and placed.ordered_date > {{ add_days("as_of.last_day", "(-7 * 52)") }}

),

in_weeks as (

    select
        *,
        row_number() over (partition by one_id, week_number order by ordered_date) as day_position
    from numbered
    where {{ add_days("first_date", 182) }} <= {{ add_days("last_day", "(-7 * week_number - 6)") }}

),

customer_weeks as (

    select
        one_id,
        week_number,
        last_day,
        max(case when day_position = 1 then amount_before end) as amount_before,
        max_by(is_last, day_position) as is_last
    from in_weeks
    group by one_id, week_number, last_day

),

-- the share of customers' weeks with as much before them, or more
ranked as (

    select
        *,
        cume_dist() over (order by coalesce(amount_before, 0) desc) as amount_share
    from customer_weeks

),

crowds as (

    select
        week_number,
        last_day,
        is_last,
        case
            when amount_before is null then 'new'
            when amount_share <= {{ var("lifecycle_core_share") }} then 'core'
            else 'regular'
        end as crowd_code
    from ranked
    union all
    select
        week_number,
        last_day,
        is_last,
        'all' as crowd_code
    from ranked

)

select
    cast(crowd_code as string) as crowd_code,
    cast(count(*) as bigint) as customers,
    cast(sum(is_last) as bigint) as left_customers,
    cast({{ add_days("last_day", "(-7 * week_number - 6)") }} as date) as week_start_date,
    cast({{ add_days("last_day", "(-7 * week_number)") }} as date) as week_end_date
from crowds
group by crowd_code, week_number, last_day
