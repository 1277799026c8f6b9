{#-
    A basket is a sale that was not cancelled; what is in it twice counts once. Of more sales than
    rule_sample_baskets those with the smallest hashes are drawn.
-#}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

products as (

    select
        product_id,
        subcategory
    from {{ ref("products") }}

),

sold as (

    select
        order_lines.order_id,
        order_lines.category,
        products.subcategory,
        order_lines.product_id as product
    from {{ ref("order_lines") }} as order_lines
    cross join as_of
    left join products on order_lines.product_id = products.product_id
    where
        not order_lines.is_return
        and not order_lines.is_cancelled
        and order_lines.ordered_date
        > {{ add_days("as_of.as_of_date", -var("rule_window_days")) }}

),

drawn as (

    select
        order_id,
        row_number() over (order by md5(order_id) asc, order_id asc) as draw_position
    from sold
    group by order_id

),

basket_items as (

    {% for item_level in rule_levels() -%}
        select distinct
            '{{ item_level }}' as item_level,
            sold.order_id,
            sold.{{ item_level }} as item
        from sold
        inner join drawn on sold.order_id = drawn.order_id
        where
            sold.{{ item_level }} is not null
            and drawn.draw_position <= {{ var("rule_sample_baskets") }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

baskets as (

    select
        item_level,
        order_id,
        count(*) as item_count,
        row_number() over (order by item_level asc, order_id asc) as basket_number
    from basket_items
    group by item_level, order_id

)

select
    cast(basket_items.item_level as string) as item_level,
    cast(basket_items.item as string) as item,
    cast(baskets.basket_number as bigint) as basket_number,
    cast(baskets.item_count > {{ var("rule_largest_basket") }} as boolean) as is_oversized
from basket_items
inner join baskets
    on
        basket_items.item_level = baskets.item_level
        and basket_items.order_id = baskets.order_id
