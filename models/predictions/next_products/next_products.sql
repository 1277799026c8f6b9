{%- set level = var("next_product_level") -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

chosen as (

    select
        method,
        model_version
    from {{ ref("int_next_products__models") }}
    where is_chosen

),

candidates as (

    select
        scored.*,
        chosen.method,
        chosen.model_version,
        case
            when chosen.method = 'logistic_reranker' then scored.probability
            when chosen.method = 'three_layer_network' then scored.network_score
            else scored.own_share
        end as score
    from {{ ref("int_next_products__scored") }} as scored
    cross join chosen
    where scored.split_code = 'scoring'

),

ranked as (

    select
        *,
        row_number() over (
            partition by one_id
            order by round(score, 9) desc, round(popularity, 9) desc, item asc
        ) as item_position
    from candidates

),

first_ten as (

    select * from ranked
    where item_position <= 10

),

-- the item bought before that speaks most for a new one
reasons as (

    select
        first_ten.one_id,
        first_ten.item,
        purchases.item as because_item,
        purchases.days_since,
        row_number() over (
            partition by first_ten.one_id, first_ten.item
            order by round(purchases.own_share * neighbours.similarity, 9) desc, purchases.item asc
        ) as reason_position
    from first_ten
    inner join {{ ref("int_next_products__purchases") }} as purchases
        on
            purchases.split_code = 'scoring'
            and first_ten.one_id = purchases.one_id
    inner join {{ ref("int_next_products__neighbours") }} as neighbours
        on
            purchases.item = neighbours.item
            and first_ten.item = neighbours.neighbour
    where not first_ten.is_repeat

),

product_names as (

    select
        product_id,
        product_name
    from {{ ref("products") }}

),

next_products as (

    select
        first_ten.*,
        reasons.because_item,
        cast(cast(first_ten.own_orders as integer) as string) as order_count,
        cast(cast(first_ten.days_since as integer) as string) as day_count,
        case
            when first_ten.own_orders > 1 then 'own_habit'
            when first_ten.is_repeat then 'bought_before'
            when reasons.because_item is not null then 'goes_with'
            else 'popular'
        end as reason_code,
        coalesce(item_names.product_name, first_ten.item) as item_name,
        coalesce(because_names.product_name, reasons.because_item) as because_item_name
    from first_ten
    left join reasons
        on
            first_ten.one_id = reasons.one_id
            and first_ten.item = reasons.item
            and reasons.reason_position = 1
    -- categories and subcategories are their own names
    left join product_names as item_names
        on '{{ level }}' = 'product' and first_ten.item = item_names.product_id
    left join product_names as because_names
        on '{{ level }}' = 'product' and reasons.because_item = because_names.product_id

)

select
    cast(next_products.one_id as string) as one_id,
    cast('{{ level }}' as string) as item_level,
    cast(next_products.item as string) as item_id,
    cast(next_products.item_name as string) as item_name,
    cast(next_products.reason_code as string) as reason_code,
    cast(next_products.because_item as string) as because_item_id,
    cast(
        case next_products.reason_code
            when 'own_habit'
                then
                    'bought in ' || next_products.order_count || ' orders, last '
                    || next_products.day_count || ' days ago'
            when 'bought_before' then 'bought ' || next_products.day_count || ' days ago'
            when 'goes_with' then 'goes with ' || next_products.because_item_name
            else 'popular with all customers'
        end as string
    ) as reason_en,
    cast(
        case next_products.reason_code
            when 'own_habit'
                then
                    next_products.order_count || ' 次购买，最近在 '
                    || next_products.day_count || ' 天前'
            when 'bought_before' then next_products.day_count || ' 天前购买过'
            when 'goes_with' then '常与 ' || next_products.because_item_name || ' 一起购买'
            else '多数顾客都在购买'
        end as string
    ) as reason_zh,
    cast(next_products.method as string) as method,
    cast(next_products.model_version as string) as model_version,
    cast(next_products.item_position as integer) as item_position,
    cast(next_products.score as double) as score,
    cast(as_of.as_of_date as date) as as_of_date
from next_products
cross join as_of
