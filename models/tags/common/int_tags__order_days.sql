with

orders as (

    select * from {{ ref("orders") }}
    where one_id is not null and not is_cancelled and not is_return

),

order_days as (

    select
        one_id,
        ordered_date,
        count(*) as order_count
    from orders
    group by one_id, ordered_date

)

select
    cast(one_id as string) as one_id,
    cast(order_count as bigint) as order_count,
    cast({{ days_between(
        "lag(ordered_date) over (partition by one_id order by ordered_date)", "ordered_date"
    ) }} as integer) as days_since_previous,
    cast(ordered_date as date) as ordered_date,
    cast(
        lead(ordered_date) over (partition by one_id order by ordered_date) as date
    ) as next_ordered_date
from order_days
