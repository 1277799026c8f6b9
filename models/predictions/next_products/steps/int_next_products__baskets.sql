{#- Baskets of customers, as far back as the earliest of the three dates looks. -#}
{%- set days = var("prediction_look_back_days") + 2 * var("next_product_horizon_days") -%}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

products as (

    select
        product_id as product,
        category,
        subcategory
    from {{ ref("products") }}

),

people as (

    select one_id from {{ ref("int_predictions__customers") }}

),

baskets as (

    select distinct
        order_lines.one_id,
        order_lines.order_id,
        {% if var("next_product_level") == "product" -%}
            order_lines.product_id as item,
        {% else -%}
            products.{{ var("next_product_level") }} as item,
        {% endif -%}
        order_lines.ordered_date,
        order_lines.ordered_at
    from {{ ref("order_lines") }} as order_lines
    cross join as_of
    left join products on order_lines.product_id = products.product
    inner join people on order_lines.one_id = people.one_id
    where
        not order_lines.is_return
        and not order_lines.is_cancelled
        and order_lines.ordered_date > {{ add_days("as_of.as_of_date", -days) }}

)

select
    cast(one_id as string) as one_id,
    cast(order_id as string) as order_id,
    cast(item as string) as item,
    cast(ordered_date as date) as ordered_date,
    cast(ordered_at as timestamp) as ordered_at
from baskets
where item is not null
