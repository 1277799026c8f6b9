with

customer_days as (

    select * from {{ ref("int_tags__customer_days") }}
    where days_ago < {{ var("loyalty_window_days") }}

),

behaviour as (

    select
        one_id,
        as_of_date,
        sum(sessions) as visits,
        sum(engaged_seconds) as dwell_seconds,
        count(case when sessions > 0 then 1 end) as visit_days,
        sum(page_views) as pages,
        min(case when sessions > 0 then days_ago end) as last_visit_days,
        sum(orders) as purchases,
        greatest(sum(kept_amount), 0) as amount,
        min(case when orders > 0 then days_ago end) as last_purchase_days,
        sum(searches) as searches
    from customer_days
    group by one_id, as_of_date
    having sum(sessions) > 0 or sum(orders) > 0

)

select
    cast(one_id as string) as one_id,
    cast(visits as bigint) as visits,
    cast(dwell_seconds as double) as dwell_seconds,
    cast(visit_days as bigint) as visit_days,
    cast(pages as bigint) as pages,
    cast(last_visit_days as integer) as last_visit_days,
    cast(purchases as bigint) as purchases,
    cast(amount as decimal(28, 4)) as amount,
    cast(last_purchase_days as integer) as last_purchase_days,
    cast(searches as bigint) as searches,
    cast(as_of_date as date) as as_of_date
from behaviour
