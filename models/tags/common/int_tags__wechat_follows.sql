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
        {{ profile_id_wechat_user("wechat_users.app_id", "wechat_users.openid") }} as profile_id,
        wechat_users.subscribed_at,
        case
            when wechat_users.unsubscribed_at <= as_of.as_of_at then wechat_users.unsubscribed_at
        end as unsubscribed_at
    from {{ ref("stg_wechat__users") }} as wechat_users
    cross join as_of
    -- an account may know users without a date of subscribing, never one of the future
    where coalesce(wechat_users.subscribed_at <= as_of.as_of_at, true)

),

follows as (

    select
        customer_profiles.one_id,
        users.subscribed_at,
        users.unsubscribed_at,
        users.unsubscribed_at is null
        or coalesce(users.subscribed_at > users.unsubscribed_at, false) as is_following
    from users
    inner join customer_profiles on users.profile_id = customer_profiles.profile_id

)

select
    cast(one_id as string) as one_id,
    -- who left one account and follows another can still be reached
    cast(max(case when is_following then 1 else 0 end) = 1 as boolean) as is_following,
    cast(min(subscribed_at) as timestamp) as first_followed_at,
    cast(max(unsubscribed_at) as timestamp) as last_unfollowed_at
from follows
group by one_id
