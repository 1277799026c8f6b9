with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

intent_points as (

    select * from {{ ref("int_interest__intent_points") }}

),

category_interest as (

    select * from {{ ref("tag_category_interest") }}

),

product_interest as (

    select * from {{ ref("int_interest__product_interest") }}

),

products as (

    select
        product_id,
        list_price
    from {{ ref("products") }}

),

tag_values as (

    select * from {{ ref("tag_values") }}
    where tag_code = 'intent_level'

),

thresholds as (

    {{ read_parameters(ref("interest_parameters"), "intent_level", ["hot_from", "warm_from"]) }}

),

top_categories as (

    select * from category_interest
    where interest_position = 1

),

unbought_categories as (

    select
        one_id,
        category,
        interest_points,
        row_number() over (partition by one_id order by interest_position) as place,
        count(*) over (partition by one_id) as unbought_categories
    from category_interest
    where is_never_bought

),

unbought_products as (

    select
        one_id,
        product_id,
        product_views,
        row_number() over (
            partition by one_id
            order by product_views desc, last_viewed_date desc, product_id asc
        ) as place,
        count(*) over (partition by one_id) as unbought_products
    from product_interest
    where is_viewed_unbought

),

carts as (

    select
        product_interest.one_id,
        count(*) as cart_products,
        sum(products.list_price) as cart_list_amount,
        max(product_interest.last_added_date) as last_added_date
    from product_interest
    left join products
        on product_interest.product_id = products.product_id
    where product_interest.is_in_open_cart
    group by product_interest.one_id

),

-- the thresholds are kept to six decimals, so is what is compared with them
tag_interest as (

    select
        intent_points.one_id,
        intent_points.last_intent_date,
        intent_points.last_ordered_date,
        round(intent_points.intent_points, 6) as intent_points,
        case
            when intent_points.intent_points <= 0 then 'none'
            when round(intent_points.intent_points, 6) >= thresholds.hot_from then 'hot'
            when round(intent_points.intent_points, 6) >= thresholds.warm_from then 'warm'
            else 'cold'
        end as intent_level,
        top_categories.category as top_interest_category,
        top_categories.interest_share as top_interest_share,
        top_categories.interest_points as top_interest_points,
        unbought_categories.category as top_unbought_category,
        unbought_categories.interest_points as top_unbought_points,
        unbought_products.product_id as top_unbought_product,
        unbought_products.product_views as top_unbought_product_views,
        carts.cart_list_amount,
        carts.last_added_date,
        coalesce(unbought_categories.unbought_categories, 0) as unbought_categories,
        coalesce(unbought_products.unbought_products, 0) as unbought_products,
        coalesce(carts.cart_products, 0) as cart_products
    from intent_points
    cross join thresholds
    left join top_categories
        on intent_points.one_id = top_categories.one_id
    left join unbought_categories
        on
            intent_points.one_id = unbought_categories.one_id
            and unbought_categories.place = 1
    left join unbought_products
        on
            intent_points.one_id = unbought_products.one_id
            and unbought_products.place = 1
    left join carts
        on intent_points.one_id = carts.one_id

)

select
    cast(tag_interest.one_id as string) as one_id,
    cast(tag_interest.intent_level as string) as intent_level,
    cast(tag_values.name_en as string) as intent_level_name_en,
    cast(tag_values.name_zh as string) as intent_level_name_zh,
    cast(tag_interest.top_interest_category as string) as top_interest_category,
    cast(tag_interest.top_unbought_category as string) as top_unbought_category,
    cast(tag_interest.top_unbought_product as string) as top_unbought_product,
    {{ rounded("tag_interest.intent_points", 18, 6) }} as intent_points,
    {{ rounded("tag_interest.top_interest_points", 18, 4) }} as top_interest_points,
    {{ rounded("tag_interest.top_interest_share", 7, 6) }} as top_interest_share,
    cast(tag_interest.unbought_categories as integer) as unbought_categories,
    {{ rounded("tag_interest.top_unbought_points", 18, 4) }} as top_unbought_points,
    cast(tag_interest.unbought_products as integer) as unbought_products,
    cast(tag_interest.top_unbought_product_views as integer) as top_unbought_product_views,
    cast(tag_interest.cart_products as integer) as cart_products,
    cast(tag_interest.cart_list_amount as decimal(18, 2)) as cart_list_amount,
    cast(tag_interest.cart_products > 0 as boolean) as is_cart_open,
    cast(tag_interest.last_added_date as date) as last_cart_added_date,
    cast(tag_interest.last_intent_date as date) as last_intent_date,
    cast(tag_interest.last_ordered_date as date) as last_ordered_date,
    cast(as_of.as_of_date as date) as as_of_date
from tag_interest
left join tag_values
    on tag_interest.intent_level = tag_values.tag_value
cross join as_of
