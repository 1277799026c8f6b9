with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

baskets as (

    select
        orders.one_id,
        ln(cast(orders.net_amount as double)) as log_amount
    from {{ ref("orders") }} as orders
    cross join as_of
    where
        orders.one_id is not null
        and not orders.is_return
        and not orders.is_cancelled
        and orders.net_amount > 0
        and orders.kept_amount > 0
        and orders.ordered_date > {{ add_days(
            "as_of.as_of_date", -var("loyalty_window_days")
        ) }}

)

select
    cast(one_id as string) as one_id,
    cast(log_amount as double) as log_amount
from baskets
