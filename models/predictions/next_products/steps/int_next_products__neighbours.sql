{#-
    Items that lie in the same baskets up to the first date, the twenty nearest of each: cosine of
    the columns of orders (Linden, Smith and York 2003, Amazon.com recommendations). Of more
    orders than rule_sample_baskets those of small hashes count, of up to rule_largest_basket items.
-#}
with

drawn as (

    select
        baskets.order_id,
        row_number() over (order by md5(baskets.order_id) asc, baskets.order_id asc)
            as draw_position
    from {{ ref("int_next_products__baskets") }} as baskets
    inner join {{ ref("int_next_products__splits") }} as splits
        on
            splits.split_code = 'training'
            and baskets.ordered_date > splits.before_date
            and baskets.ordered_date <= splits.cutoff_date
    group by baskets.order_id
    having count(*) <= {{ var("rule_largest_basket") }}

),

basket_items as (

    select
        baskets.order_id,
        baskets.item
    from {{ ref("int_next_products__baskets") }} as baskets
    inner join drawn on baskets.order_id = drawn.order_id
    where drawn.draw_position <= {{ var("rule_sample_baskets") }}

),

item_orders as (

    select
        item,
        count(*) as order_count
    from basket_items
    group by item

),

pairs as (

    select
        one.item,
        other.item as neighbour,
        count(*) as both_count
    from basket_items as one
    inner join basket_items as other
        on
            one.order_id = other.order_id
            and one.item <> other.item
    group by one.item, other.item

),

similar_items as (

    select
        pairs.item,
        pairs.neighbour,
        pairs.both_count
        / sqrt(cast(one.order_count as double) * cast(other.order_count as double)) as similarity
    from pairs
    inner join item_orders as one on pairs.item = one.item
    inner join item_orders as other on pairs.neighbour = other.item

),

ranked as (

    select
        *,
        row_number() over (
            partition by item order by round(similarity, 9) desc, neighbour asc
        ) as neighbour_position
    from similar_items

)

select
    cast(item as string) as item,
    cast(neighbour as string) as neighbour,
    cast(similarity as double) as similarity
from ranked
where neighbour_position <= 20
