{#-
    Each sale and from when on it is known. Who is kept out of predictions teaches them nothing either.
-#}
with

sales as (

    select * from {{ ref("int_behaviour__orders") }}
    where profile_id is not null and not is_cancelled and not is_return

),

orders as (

    {{ with_known_date("sales", "ordered_date") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

people as (

    select one_id from {{ ref("int_predictions__customers") }}

),

known_orders as (

    select
        orders.order_id,
        customer_profiles.one_id,
        orders.ordered_date,
        orders.net_amount,
        orders.item_quantity,
        orders.known_date
    from orders
    inner join customer_profiles on orders.profile_id = customer_profiles.profile_id
    inner join people on customer_profiles.one_id = people.one_id

)

select
    cast(order_id as string) as order_id,
    cast(one_id as string) as one_id,
    cast(net_amount as decimal(28, 4)) as net_amount,
    cast(item_quantity as decimal(28, 3)) as item_quantity,
    cast(ordered_date as date) as ordered_date,
    cast(known_date as date) as known_date
from known_orders
