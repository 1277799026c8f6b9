{#-
    How far each customer's lines at a discount lie above those its categories lead one to
    expect, over all compared categories, in standard deviations.
-#}
with

customer_categories as (

    select * from {{ ref("int_price__customer_categories") }}
    where is_compared

),

price_baselines as (

    {{ read_parameters(
        ref("price_parameters"),
        "price_hunter_category",
        ["baseline_share"],
        by="category",
    ) }}

),

correlation as (

    {{ read_parameters(
        ref("price_parameters"), "price_hunter_category", ["customer_correlation"]
    ) }}

),

customers as (

    select
        customer_categories.one_id,
        sum(customer_categories.line_count) as line_count,
        sum(customer_categories.discounted_lines) as discounted_lines,
        sum(customer_categories.line_count * price_baselines.baseline_share) as expected_lines,
        {{ share_variance(
            "sum(customer_categories.line_count * price_baselines.baseline_share"
            ~ " * (1 - price_baselines.baseline_share))",
            "sum(customer_categories.line_count * sqrt(price_baselines.baseline_share"
            ~ " * (1 - price_baselines.baseline_share)))",
            "max(correlation.customer_correlation)",
        ) }} as line_variance
    from customer_categories
    inner join price_baselines on customer_categories.category = price_baselines.category
    cross join correlation
    group by customer_categories.one_id

)

select
    cast(one_id as string) as one_id,
    cast(line_count as bigint) as line_count,
    cast(discounted_lines as bigint) as discounted_lines,
    cast(round(expected_lines, 9) as double) as expected_lines,
    cast(
        round({{ share_z_score("discounted_lines", "expected_lines", "line_variance") }}, 9)
        as double
    ) as z_score,
    cast(
        round({{ share_z_score("line_count", "expected_lines", "line_variance") }}, 9) as double
    ) as largest_z_score
from customers
