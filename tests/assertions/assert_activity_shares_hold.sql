{{ config(severity="warn") }}
-- A level goes by how many customers have a higher score and how many a lower one: high for
-- the share of customers that the variable names, counted from the top, low for the other,
-- counted from below. Equal scores share a place; who is in both shares is in between.
with

activity as (

    select * from {{ ref("tag_activity") }}

),

scores as (

    select
        activity_score,
        min(activity_level) as activity_level,
        count(distinct activity_level) as levels,
        count(*) as customers
    from activity
    group by activity_score

),

places as (

    select
        *,
        sum(customers) over (order by activity_score) - customers as customers_below,
        sum(customers) over () - sum(customers) over (order by activity_score)
            as customers_above,
        sum(customers) over () as all_customers
    from scores

),

expected as (

    select
        *,
        customers_below < {{ var("activity_low_share") }} * all_customers as is_low,
        customers_above < {{ var("activity_high_share") }} * all_customers as is_high
    from places

)

select
    activity_score,
    activity_level,
    levels,
    customers_above,
    customers_below,
    all_customers
from expected
where
    levels > 1
    or (activity_level = 'high') <> (is_high and not is_low)
    or (activity_level = 'low') <> (is_low and not is_high)
