{#- How many orders a customer placed in each channel, and in all. -#}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

orders as (

    select
        orders.one_id,
        orders.channel,
        count(*) as orders
    from {{ ref("orders") }} as orders
    cross join as_of
    where
        orders.one_id is not null
        and not orders.is_return
        and not orders.is_cancelled
        and orders.ordered_date
        > {{ add_days("as_of.as_of_date", -var("channel_window_days")) }}
    group by orders.one_id, orders.channel

),

customers as (

    select
        one_id,
        sum(orders) as all_orders
    from orders
    group by one_id

),

channel_orders as (

    select
        orders.one_id,
        orders.channel,
        orders.orders,
        customers.all_orders
    from orders
    inner join customers
        on orders.one_id = customers.one_id

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(orders as bigint) as orders,
    cast(all_orders as bigint) as all_orders
from channel_orders
