{#- Of each date what each customer had bought how often; an order counts half per half-life. -#}
with

splits as (

    select * from {{ ref("int_next_products__splits") }}

),

tested_customers as (

    select distinct
        split_code,
        one_id
    from {{ ref("int_next_products__next_items") }}

),

bought as (

    select
        splits.split_code,
        baskets.one_id,
        baskets.order_id,
        baskets.item,
        {{ days_between("baskets.ordered_date", "splits.cutoff_date") }} as days_ago
    from {{ ref("int_next_products__baskets") }} as baskets
    inner join splits
        on
            baskets.ordered_date > splits.before_date
            and baskets.ordered_date <= splits.cutoff_date
    left join tested_customers
        on
            splits.split_code = tested_customers.split_code
            and baskets.one_id = tested_customers.one_id
    where splits.split_code = 'scoring' or tested_customers.one_id is not null

),

weighted as (

    select
        *,
        exp(-ln(2) * days_ago / {{ var("next_product_half_life_days") }}) as order_weight
    from bought

),

customer_orders as (

    select
        split_code,
        one_id,
        sum(order_weight) as all_weight
    from (
        select distinct
            split_code,
            one_id,
            order_id,
            order_weight
        from weighted
    ) as orders
    group by split_code, one_id

),

purchases as (

    select
        split_code,
        one_id,
        item,
        count(*) as own_orders,
        sum(order_weight) as own_weight,
        min(days_ago) as days_since
    from weighted
    group by split_code, one_id, item

)

select
    cast(purchases.split_code as string) as split_code,
    cast(purchases.one_id as string) as one_id,
    cast(purchases.item as string) as item,
    cast(purchases.own_orders as bigint) as own_orders,
    cast(purchases.own_weight as double) as own_weight,
    cast(purchases.own_weight / customer_orders.all_weight as double) as own_share,
    cast(purchases.days_since as integer) as days_since
from purchases
inner join customer_orders
    on
        purchases.split_code = customer_orders.split_code
        and purchases.one_id = customer_orders.one_id
