{#- Customers that ever followed an official account, bounded by the as-of moment. -#}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

users as (

    select
        {{ profile_id("people.source_system", "people.record_type", "people.natural_key") }}
            as profile_id,
        people.registered_at as followed_at,
        case when people.left_at <= as_of.as_of_at then people.left_at end as unfollowed_at
    from {{ ref("input_people") }} as people
    cross join as_of
    -- an account may know users without a date of subscribing, never one of the future
    where
        people.record_type = 'user'
        and coalesce(people.registered_at <= as_of.as_of_at, true)

),

follows as (

    select
        customer_profiles.one_id,
        users.followed_at,
        users.unfollowed_at,
        users.unfollowed_at is null
        or coalesce(users.followed_at > users.unfollowed_at, false) as is_following
    from users
    inner join customer_profiles on users.profile_id = customer_profiles.profile_id

)

select
    cast(one_id as string) as one_id,
    -- who left one account and follows another can still be reached
    cast(max(case when is_following then 1 else 0 end) = 1 as boolean) as is_following,
    cast(min(followed_at) as timestamp) as first_followed_at,
    cast(max(unfollowed_at) as timestamp) as last_unfollowed_at
from follows
group by one_id
