{#-
    What one does to oneself counts as done, not as received: a reply to one's own post is a
    reply, and no reply received.
-#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

calls as (

    select
        one_id,
        touched_date,
        rating,
        touched_at
    from {{ ref("touches") }}
    where touch_type = 'call'

),

posts as (

    select
        one_id,
        parent_one_id,
        post_type
    from {{ ref("community_posts") }}
    where not is_deleted

),

shares as (

    select
        one_id,
        referred_one_id,
        step
    from {{ ref("shares") }}

),

-- each row is one thing that counts for the customer
counted as (

    select
        calls.one_id,
        case
            when {{ days_between("calls.touched_date", "as_of.as_of_date") }} < 90
                then 'recent_call'
        end as kind,
        cast(null as string) as referred_one_id,
        calls.rating,
        calls.touched_at as called_at
    from calls
    cross join as_of

    union all

    select
        one_id,
        post_type as kind,
        null as referred_one_id,
        null as rating,
        null as called_at
    from posts

    union all

    select
        parent_one_id as one_id,
        post_type || '_received' as kind,
        null as referred_one_id,
        null as rating,
        null as called_at
    from posts
    where coalesce(one_id, '') <> parent_one_id

    union all

    select
        one_id,
        step as kind,
        case
            when step in ('register', 'order') and referred_one_id <> one_id
                then referred_one_id
        end as referred_one_id,
        null as rating,
        null as called_at
    from shares

),

engagement as (

    select
        one_id,
        count(case when kind = 'recent_call' then 1 end) as calls_last_90_days,
        count(case when kind = 'post' then 1 end) as post_count,
        count(case when kind = 'reply' then 1 end) as reply_count,
        count(case when kind = 'like' then 1 end) as like_count,
        count(case when kind = 'reply_received' then 1 end) as replies_received,
        count(case when kind = 'like_received' then 1 end) as likes_received,
        count(case when kind = 'share' then 1 end) as share_count,
        count(distinct referred_one_id) as referred_customers,
        avg(rating) as call_satisfaction,
        max(called_at) as last_call_at
    from counted
    where one_id is not null
    group by one_id

)

select
    cast(one_id as string) as one_id,
    cast(calls_last_90_days as bigint) as calls_last_90_days,
    cast(post_count as bigint) as post_count,
    cast(reply_count as bigint) as reply_count,
    cast(like_count as bigint) as like_count,
    cast(replies_received as bigint) as replies_received,
    cast(likes_received as bigint) as likes_received,
    cast(share_count as bigint) as share_count,
    cast(referred_customers as bigint) as referred_customers,
    cast({{ rounded("call_satisfaction", 9, 2) }} as decimal(9, 2)) as call_satisfaction,
    cast(last_call_at as timestamp) as last_call_at
from engagement
