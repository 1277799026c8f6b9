-- The days of all categories hold the lines and the money of the order lines that have a
-- profile and a category.
with

days as (

    select
        coalesce(sum(line_count), 0) as line_count,
        coalesce(sum(list_amount), 0) as list_amount,
        coalesce(sum(discount_amount), 0) as discount_amount,
        coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(kept_amount), 0) as kept_amount
    from {{ ref("int_behaviour__category_days") }}

),

order_lines as (

    select
        coalesce(sum(case when is_return then 0 else 1 end), 0) as line_count,
        coalesce(sum(list_amount), 0) as list_amount,
        coalesce(sum(discount_amount), 0) as discount_amount,
        coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(kept_amount), 0) as kept_amount
    from {{ ref("int_behaviour__order_lines") }}
    where profile_id is not null and category is not null and not is_cancelled

)

select
    days.*,
    order_lines.line_count as fact_line_count,
    order_lines.list_amount as fact_list_amount,
    order_lines.discount_amount as fact_discount_amount,
    order_lines.net_amount as fact_net_amount,
    order_lines.kept_amount as fact_kept_amount
from days
cross join order_lines
where
    days.line_count <> order_lines.line_count
    or days.list_amount <> order_lines.list_amount
    or days.discount_amount <> order_lines.discount_amount
    or days.net_amount <> order_lines.net_amount
    or days.kept_amount <> order_lines.kept_amount
