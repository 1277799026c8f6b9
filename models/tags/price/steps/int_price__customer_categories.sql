{#- What each customer bought of each category, how much of it at a discount, how dear. -#}
with

customer_products as (

    select * from {{ ref("int_tags__customer_products") }}

),

price_products as (

    select * from {{ ref("int_tags__product_prices") }}

),

customer_categories as (

    select
        customer_products.one_id,
        price_products.category,
        sum(customer_products.line_count) as line_count,
        sum(customer_products.discounted_lines) as discounted_lines,
        sum(customer_products.kept_amount) as kept_amount,
        {% for band in ["low", "mid", "high"] -%}
            sum(
                case
                    when price_products.price_band = '{{ band }}' then customer_products.line_count
                end
            ) as {{ band }}_lines,
        {% endfor -%}
        sum(customer_products.line_count * price_products.price_level) as level_sum,
        sum(customer_products.line_count * price_products.price_level * price_products.price_level)
            as level_squares,
        sum(customer_products.kept_amount * price_products.price_level) as spend_level_sum,
        sum(
            cast(customer_products.kept_amount as double) * customer_products.kept_amount
            / customer_products.line_count
        ) as spend_squares
    from customer_products
    inner join price_products on customer_products.product_id = price_products.product_id
    group by customer_products.one_id, price_products.category

)

select
    cast(one_id as string) as one_id,
    cast(category as string) as category,
    cast(line_count as bigint) as line_count,
    cast(discounted_lines as bigint) as discounted_lines,
    {% for band in ["low", "mid", "high"] -%}
        cast(coalesce({{ band }}_lines, 0) as bigint) as {{ band }}_lines,
    {% endfor -%}
    cast(kept_amount as decimal(28, 4)) as kept_amount,
    cast(round(level_sum, 9) as double) as level_sum,
    cast(round(level_squares, 9) as double) as level_squares,
    cast(round(spend_level_sum, 9) as double) as spend_level_sum,
    cast(round(spend_squares, 9) as double) as spend_squares,
    cast(
        count(*) over (partition by category) >= {{ var("min_group_customers") }} as boolean
    ) as is_compared
from customer_categories
