{#-
    What each customer bought each day and from when on it is known. Amounts are those of the sale:
    what came back later was not known then.
-#}
with

known_orders as (

    select * from {{ ref("int_predictions__known_orders") }}

),

order_days as (

    select
        one_id,
        ordered_date,
        known_date,
        count(*) as orders,
        sum(net_amount) as net_amount,
        sum(item_quantity) as item_quantity
    from known_orders
    group by one_id, ordered_date, known_date

)

select
    cast(one_id as string) as one_id,
    cast(orders as bigint) as orders,
    cast(net_amount as decimal(28, 4)) as net_amount,
    cast(item_quantity as decimal(28, 3)) as item_quantity,
    cast(ordered_date as date) as ordered_date,
    cast(known_date as date) as known_date
from order_days
