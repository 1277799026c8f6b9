{#- The latest days that a window of loyalty or activity can reach, per customer. -#}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

profile_days as (

    select * from {{ ref("int_behaviour__profile_days") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

customer_days as (

    select
        customer_profiles.one_id,
        profile_days.activity_date,
        as_of.as_of_date,
        {{ days_between("profile_days.activity_date", "as_of.as_of_date") }} as days_ago,
        sum(profile_days.sessions) as sessions,
        sum(profile_days.signed_in_sessions) as signed_in_sessions,
        sum(profile_days.page_views) as page_views,
        sum(profile_days.engaged_seconds) as engaged_seconds,
        sum(profile_days.searches) as searches,
        sum(profile_days.orders) as orders,
        sum(profile_days.kept_amount) as kept_amount,
        sum(profile_days.reviews) as reviews
    from profile_days
    inner join customer_profiles on profile_days.profile_id = customer_profiles.profile_id
    cross join as_of
    where
        profile_days.activity_date > {{ add_days(
            "as_of.as_of_date",
            ([var("loyalty_window_days"), var("activity_window_days")] | max) * -1
        ) }}
    group by
        customer_profiles.one_id, profile_days.activity_date, as_of.as_of_date

)

select
    cast(one_id as string) as one_id,
    cast(days_ago as integer) as days_ago,
    cast(sessions as bigint) as sessions,
    cast(signed_in_sessions as bigint) as signed_in_sessions,
    cast(page_views as bigint) as page_views,
    cast(engaged_seconds as decimal(18, 2)) as engaged_seconds,
    cast(searches as bigint) as searches,
    cast(orders as bigint) as orders,
    cast(kept_amount as decimal(28, 4)) as kept_amount,
    cast(reviews as bigint) as reviews,
    cast(activity_date as date) as activity_date,
    cast(as_of_date as date) as as_of_date
from customer_days
