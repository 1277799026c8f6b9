with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

levels as (

    select * from {{ ref("int_product_rules__levels") }}

),

sufficient_sets as (

    select
        item_level,
        count(case when item_count = 1 then 1 end) as frequent_item_count,
        count(case when item_count > 1 then 1 end) as frequent_set_count
    from {{ ref("int_product_rules__item_sets") }}
    group by item_level

),

rules as (

    select
        item_level,
        count(*) as rule_count
    from {{ ref("product_rules") }}
    group by item_level

),

product_rule_levels as (

    select
        levels.*,
        coalesce(sufficient_sets.frequent_item_count, 0) as frequent_item_count,
        coalesce(sufficient_sets.frequent_set_count, 0) as frequent_set_count,
        coalesce(rules.rule_count, 0) as rule_count
    from levels
    left join sufficient_sets on levels.item_level = sufficient_sets.item_level
    left join rules on levels.item_level = rules.item_level

)

select
    cast(product_rule_levels.item_level as string) as item_level,
    cast(
        case
            when product_rule_levels.rule_count > 0 then 'has_rules'
            when product_rule_levels.basket_count = 0 then 'no_baskets'
            when product_rule_levels.item_count = 1 then 'one_item'
            when product_rule_levels.basket_count < product_rule_levels.min_basket_count
                then 'few_baskets'
            when product_rule_levels.frequent_set_count = 0 then 'no_items_together'
            else 'no_confident_rule'
        end as string
    ) as reason_code,
    cast(product_rule_levels.sale_count as bigint) as sale_count,
    cast(product_rule_levels.basket_count as bigint) as basket_count,
    cast(product_rule_levels.oversized_basket_count as bigint) as oversized_basket_count,
    cast(product_rule_levels.item_count as bigint) as item_count,
    cast(product_rule_levels.frequent_item_count as bigint) as frequent_item_count,
    cast(product_rule_levels.frequent_set_count as bigint) as frequent_set_count,
    cast(product_rule_levels.rule_count as bigint) as rule_count,
    cast(product_rule_levels.min_basket_count as bigint) as min_basket_count,
    cast(
        cast(product_rule_levels.min_confidence_millionths as double) / 1000000 as double
    ) as min_confidence,
    cast(as_of.as_of_date as date) as as_of_date
from product_rule_levels
cross join as_of
