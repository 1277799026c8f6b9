{#- Thresholds are whole numbers: shares in millionths, support as the fewest baskets. -#}
{%- set millionths = 1000000 -%}

with

levels as (

    {% for item_level in rule_levels() -%}
        select
            '{{ item_level }}' as item_level,
            {{ (var("rule_min_supports")[loop.index0] * millionths) | round | int }}
                as min_support_millionths,
            {{ (var("rule_min_confidences")[loop.index0] * millionths) | round | int }}
                as min_confidence_millionths
        {{ "union all" if not loop.last }}
    {% endfor %}

),

basket_items as (

    select * from {{ ref("int_product_rules__baskets") }}

),

sales as (

    select count(*) as sale_count
    from {{ ref("orders") }} as orders
    cross join {{ ref("int_behaviour__as_of") }} as as_of
    where
        not orders.is_return
        and not orders.is_cancelled
        and orders.ordered_date
        > {{ add_days("as_of.as_of_date", -var("rule_window_days")) }}

),

counted as (

    select
        item_level,
        count(distinct case when not is_oversized then basket_number end) as basket_count,
        count(distinct case when is_oversized then basket_number end) as oversized_basket_count,
        count(distinct case when not is_oversized then item end) as item_count
    from basket_items
    group by item_level

),

thresholds as (

    select
        levels.item_level,
        levels.min_confidence_millionths,
        sales.sale_count,
        coalesce(counted.basket_count, 0) as basket_count,
        coalesce(counted.oversized_basket_count, 0) as oversized_basket_count,
        coalesce(counted.item_count, 0) as item_count,
        -- a whole number of baskets reaches a share of them from its ceiling on
        cast(floor(
            (
                cast(levels.min_support_millionths as bigint)
                * coalesce(counted.basket_count, 0) + {{ millionths - 1 }}
            ) / {{ millionths }}
        ) as bigint) as support_baskets
    from levels
    cross join sales
    left join counted on levels.item_level = counted.item_level

)

select
    cast(item_level as string) as item_level,
    cast(sale_count as bigint) as sale_count,
    cast(basket_count as bigint) as basket_count,
    cast(oversized_basket_count as bigint) as oversized_basket_count,
    cast(item_count as bigint) as item_count,
    cast(greatest(support_baskets, {{ var("rule_min_baskets") }}) as bigint) as min_basket_count,
    cast(min_confidence_millionths as bigint) as min_confidence_millionths
from thresholds
