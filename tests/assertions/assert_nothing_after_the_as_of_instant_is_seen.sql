-- The latest order, session end, touch, post and share are not later than the as-of instant.
with

latest as (

    select
        'orders' as fact,
        max(ordered_at) as latest_at
    from {{ ref("int_behaviour__orders") }}

    union all

    select
        'web_sessions' as fact,
        max(ended_at) as latest_at
    from {{ ref("int_behaviour__web_sessions") }}

    union all

    select
        'touches' as fact,
        max(touched_at) as latest_at
    from {{ ref("int_behaviour__touches") }}

    union all

    select
        'posts' as fact,
        max(posted_at) as latest_at
    from {{ ref("int_behaviour__posts") }}

    union all

    select
        'shares' as fact,
        max(occurred_at) as latest_at
    from {{ ref("int_behaviour__shares") }}

)

select
    latest.fact,
    latest.latest_at
from latest
cross join {{ ref("int_behaviour__as_of") }} as as_of
where latest.latest_at > as_of.as_of_at
