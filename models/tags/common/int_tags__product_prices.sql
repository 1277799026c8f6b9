{#-
    Where each product stands among what its category sells. Prices are compared product by
    product, weighted by the lines sold, never line by line.
-#}
with

customer_products as (

    select * from {{ ref("int_tags__customer_products") }}

),

products as (

    select
        product_id,
        category
    from {{ ref("products") }}
    where category is not null

),

sold as (

    select
        customer_products.product_id,
        sum(customer_products.line_count) as line_count,
        sum(customer_products.list_amount) / nullif(sum(customer_products.quantity), 0)
            as unit_price
    from customer_products
    group by customer_products.product_id

),

priced as (

    select
        products.category,
        sold.product_id,
        sold.line_count,
        round(cast(sold.unit_price as double), 2) as unit_price
    from sold
    inner join products on sold.product_id = products.product_id
    where sold.unit_price > 0

),

ranked as (

    select
        *,
        sum(line_count) over (partition by category order by unit_price) as lines_up_to,
        sum(line_count) over (partition by category, unit_price) as lines_of_price,
        sum(line_count) over (partition by category) as category_lines
    from priced

),

price_products as (

    select
        *,
        (lines_up_to - lines_of_price / cast(2 as double)) / category_lines as price_level
    from ranked

)

select
    cast(product_id as string) as product_id,
    cast(category as string) as category,
    cast(
        case
            when 3 * price_level < 1 then 'low'
            when 3 * price_level < 2 then 'mid'
            else 'high'
        end as string
    ) as price_band,
    cast(line_count as bigint) as line_count,
    cast(unit_price as decimal(18, 2)) as unit_price,
    cast(round(price_level, 9) as double) as price_level
from price_products
