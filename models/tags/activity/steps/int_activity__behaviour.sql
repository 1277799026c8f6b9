with

customers as (

    select * from {{ ref("customers") }}

),

customer_days as (

    select * from {{ ref("int_tags__customer_days") }}
    where days_ago < {{ var("activity_window_days") }}

),

totals as (

    select
        one_id,
        min(case when signed_in_sessions > 0 then days_ago end) as last_login_days,
        min(case when orders > 0 then days_ago end) as last_purchase_days,
        sum(reviews) as reviews,
        sum(orders) as orders,
        count(case when signed_in_sessions > 0 then 1 end) as login_days,
        sum(engaged_seconds) as dwell_seconds,
        sum(page_views) as pages
    from customer_days
    group by one_id
    having sum(sessions) > 0 or sum(orders) > 0 or sum(reviews) > 0

),

-- a browser cookie is a customer only once it has bought
activity_behaviour as (

    select
        customers.one_id,
        totals.last_login_days,
        totals.last_purchase_days,
        totals.reviews,
        totals.orders,
        totals.login_days,
        totals.dwell_seconds,
        totals.pages
    from customers
    inner join totals on customers.one_id = totals.one_id
    where customers.is_identified or totals.orders > 0

)

select
    cast(one_id as string) as one_id,
    cast(last_login_days as integer) as last_login_days,
    cast(last_purchase_days as integer) as last_purchase_days,
    cast(reviews as bigint) as reviews,
    cast(orders as bigint) as orders,
    cast(login_days as bigint) as login_days,
    cast(dwell_seconds as double) as dwell_seconds,
    cast(pages as bigint) as pages
from activity_behaviour
