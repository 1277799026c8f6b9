{#- What is known of the days between two purchases of a customer in a category. -#}
with

category_days as (

    select
        profile_id,
        category,
        activity_date
    from {{ ref("int_behaviour__category_days") }}
    where orders > 0

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

order_days as (

    select distinct
        customer_profiles.one_id,
        category_days.category,
        category_days.activity_date as ordered_date
    from category_days
    inner join customer_profiles on category_days.profile_id = customer_profiles.profile_id

),

gaps as (

    select
        one_id,
        category,
        ordered_date,
        ln(cast({{ days_between(
            "lag(ordered_date) over (partition by one_id, category order by ordered_date)",
            "ordered_date",
        ) }} as double)) as log_gap
    from order_days

)

select
    cast(one_id as string) as one_id,
    cast(category as string) as category,
    cast(count(log_gap) as bigint) as gap_count,
    cast(avg(log_gap) as double) as mean_log_gap,
    cast(
        greatest(sum(log_gap * log_gap) - count(log_gap) * avg(log_gap) * avg(log_gap), 0)
        as double
    ) as within_squares,
    cast(max(ordered_date) as date) as last_ordered_date
from gaps
group by one_id, category
-- who bought once has shown no cycle, and not every category is bought twice
having count(log_gap) > 0
