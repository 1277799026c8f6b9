{#-
    Who has visited and how much of the interest shown is still unsatisfied: an order
    satisfies what was looked for before it, so only days after the last one count.
-#}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

weights as (

    select * from {{ ref("int_interest__weights") }}

),

customer_days as (

    select
        customer_profiles.one_id,
        profile_days.activity_date,
        {{ days_between("profile_days.activity_date", "as_of.as_of_date") }} as days_ago,
        sum(profile_days.sessions) as sessions,
        sum(profile_days.product_views) as product_views,
        sum(profile_days.searches) as searches,
        sum(profile_days.wishlist_adds) as wishlist_adds,
        sum(profile_days.cart_adds) as cart_adds,
        sum(profile_days.orders) as orders
    from {{ ref("int_behaviour__profile_days") }} as profile_days
    inner join customer_profiles
        on profile_days.profile_id = customer_profiles.profile_id
    cross join as_of
    where profile_days.sessions > 0 or profile_days.orders > 0
    group by
        customer_profiles.one_id,
        profile_days.activity_date,
        {{ days_between("profile_days.activity_date", "as_of.as_of_date") }}

),

visitors as (

    select
        one_id,
        max(case when orders > 0 then activity_date end) as last_ordered_date,
        max(
            case
                when
                    product_views + searches + wishlist_adds + cart_adds > 0
                    and days_ago < {{ var("interest_window_days") }}
                    then activity_date
            end
        ) as last_intent_date
    from customer_days
    group by one_id
    having sum(sessions) > 0

),

unsatisfied as (

    select
        customer_days.one_id,
        sum({{ decayed_interest("customer_days", "weights", "customer_days.days_ago") }})
            as intent_points
    from customer_days
    inner join visitors
        on customer_days.one_id = visitors.one_id
    cross join weights
    where
        customer_days.days_ago < {{ var("interest_window_days") }}
        and (
            visitors.last_ordered_date is null
            or customer_days.activity_date > visitors.last_ordered_date
        )
    group by customer_days.one_id

)

select
    cast(visitors.one_id as string) as one_id,
    cast(coalesce(unsatisfied.intent_points, 0) as double) as intent_points,
    cast(visitors.last_intent_date as date) as last_intent_date,
    cast(visitors.last_ordered_date as date) as last_ordered_date
from visitors
left join unsatisfied
    on visitors.one_id = unsatisfied.one_id
