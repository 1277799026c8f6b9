{#-
    What can be named to a customer: all it bought, the thirty items most popular of late, the
    twenty most similar to the twenty items that weigh most with it, and what a network names.
-#}
with

purchases as (

    select * from {{ ref("int_next_products__purchases") }}

),

items as (

    select * from {{ ref("int_next_products__items") }}

),

next_items as (

    select * from {{ ref("int_next_products__next_items") }}

),

networks as (

    select * from {{ ref("int_next_products__networks") }}

),

customers as (

    select distinct
        split_code,
        one_id
    from purchases

),

ranked_purchases as (

    select
        *,
        row_number() over (
            partition by split_code, one_id order by round(own_weight, 9) desc, item asc
        ) as weight_position
    from purchases

),

similarities as (

    select
        heaviest.split_code,
        heaviest.one_id,
        neighbours.neighbour as item,
        100 * sum(heaviest.own_share * neighbours.similarity) as similarity
    from ranked_purchases as heaviest
    inner join {{ ref("int_next_products__neighbours") }} as neighbours
        on heaviest.item = neighbours.item
    where heaviest.weight_position <= 20
    group by heaviest.split_code, heaviest.one_id, neighbours.neighbour

),

ranked_similarities as (

    select
        *,
        row_number() over (
            partition by split_code, one_id order by round(similarity, 9) desc, item asc
        ) as similarity_position
    from similarities

),

candidates as (

    select
        split_code,
        one_id,
        item
    from purchases
    union
    select
        split_code,
        one_id,
        item
    from ranked_similarities
    where similarity_position <= 20
    union
    select
        customers.split_code,
        customers.one_id,
        items.item
    from customers
    inner join items on customers.split_code = items.split_code
    where items.item_position <= 30
    union
    select
        split_code,
        one_id,
        item
    from networks

)

select
    cast(candidates.split_code as string) as split_code,
    cast(candidates.one_id as string) as one_id,
    cast(candidates.item as string) as item,
    cast(coalesce(purchases.own_orders, 0) as double) as own_orders,
    cast(coalesce(purchases.own_weight, 0) as double) as own_weight,
    cast(coalesce(purchases.own_share, 0) as double) as own_share,
    cast(coalesce(purchases.days_since, {{ var("prediction_look_back_days") }}) as double)
        as days_since,
    cast(coalesce(items.popularity, 0) as double) as popularity,
    cast(coalesce(similarities.similarity, 0) as double) as similarity,
    cast(coalesce(networks.network_score, 0) as double) as network_score,
    cast(purchases.item is not null as boolean) as is_repeat,
    cast(next_items.item is not null as boolean) as is_bought
from candidates
left join purchases
    on
        candidates.split_code = purchases.split_code
        and candidates.one_id = purchases.one_id
        and candidates.item = purchases.item
left join similarities
    on
        candidates.split_code = similarities.split_code
        and candidates.one_id = similarities.one_id
        and candidates.item = similarities.item
left join networks
    on
        candidates.split_code = networks.split_code
        and candidates.one_id = networks.one_id
        and candidates.item = networks.item
left join items
    on
        candidates.split_code = items.split_code
        and candidates.item = items.item
left join next_items
    on
        candidates.split_code = next_items.split_code
        and candidates.one_id = next_items.one_id
        and candidates.item = next_items.item
