{#- How many of a thousand orders of the days before the date hold an item. -#}
with

splits as (

    select * from {{ ref("int_next_products__splits") }}

),

recent as (

    select
        splits.split_code,
        baskets.order_id,
        baskets.item
    from {{ ref("int_next_products__baskets") }} as baskets
    inner join splits
        on
            baskets.ordered_date > splits.before_recent_date
            and baskets.ordered_date <= splits.cutoff_date

),

all_orders as (

    select
        split_code,
        count(distinct order_id) as order_count
    from recent
    group by split_code

),

items as (

    select
        split_code,
        item,
        count(*) as order_count
    from recent
    group by split_code, item

)

select
    cast(items.split_code as string) as split_code,
    cast(items.item as string) as item,
    cast(1000 * cast(items.order_count as double) / all_orders.order_count as double) as popularity,
    cast(row_number() over (
        partition by items.split_code order by items.order_count desc, items.item asc
    ) as integer) as item_position
from items
inner join all_orders on items.split_code = all_orders.split_code
