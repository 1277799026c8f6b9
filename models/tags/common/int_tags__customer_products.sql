{#- What each customer kept of each product in the window: price and preferences start here. -#}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

kept_lines as (

    select
        order_lines.one_id,
        order_lines.product_id,
        order_lines.quantity,
        order_lines.list_amount,
        order_lines.kept_amount,
        case when order_lines.discount_amount > 0 then 1 else 0 end as is_discounted
    from {{ ref("order_lines") }} as order_lines
    cross join as_of
    where
        order_lines.one_id is not null
        and order_lines.product_id is not null
        and not order_lines.is_return
        and not order_lines.is_cancelled
        and order_lines.kept_amount > 0
        and order_lines.ordered_date > {{ add_days(
            "as_of.as_of_date", -var("loyalty_window_days")
        ) }}

),

customer_products as (

    select
        one_id,
        product_id,
        count(*) as line_count,
        sum(is_discounted) as discounted_lines,
        sum(quantity) as quantity,
        sum(list_amount) as list_amount,
        sum(kept_amount) as kept_amount
    from kept_lines
    group by one_id, product_id

)

select
    cast(one_id as string) as one_id,
    cast(product_id as string) as product_id,
    cast(line_count as bigint) as line_count,
    cast(discounted_lines as bigint) as discounted_lines,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(list_amount as decimal(28, 4)) as list_amount,
    cast(kept_amount as decimal(28, 4)) as kept_amount
from customer_products
