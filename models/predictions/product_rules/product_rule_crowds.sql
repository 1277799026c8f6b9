{#-
    Of each level the best three rules towards each of the items that rules lead to first, and
    who has bought what stands on their left and not what stands on their right.
-#}
{%- set rules_of_an_item = 3 -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

-- a rule of lift 1 or less finds nobody who is likelier to buy than others
leading_rules as (

    select
        *,
        min(rule_position) over (partition by item_level, right_item_id) as first_position,
        row_number() over (
            partition by item_level, right_item_id
            order by round(confidence, 9) desc, rule_position asc
        ) as position_of_item
    from {{ ref("product_rules") }}
    where both_count * basket_count > left_count * right_count

),

ranked_rules as (

    select
        *,
        dense_rank() over (partition by item_level order by first_position) as item_position
    from leading_rules

),

crowd_rules as (

    select * from ranked_rules
    where
        item_position <= {{ var("rule_crowd_items") }}
        and position_of_item <= {{ rules_of_an_item }}

),

left_items as (

    {% for place in range(1, 6) -%}
        select
            rule_id,
            item_level,
            left_item_id_{{ place }} as item,
            item_count
        from crowd_rules
        where left_item_id_{{ place }} is not null
        {{ "union all" if not loop.last }}
    {% endfor %}

),

products as (

    select
        product_id,
        subcategory
    from {{ ref("products") }}

),

people as (

    select one_id from {{ ref("int_predictions__customers") }}

),

bought as (

    select
        order_lines.one_id,
        order_lines.category,
        products.subcategory,
        order_lines.product_id as product
    from {{ ref("order_lines") }} as order_lines
    cross join as_of
    left join products on order_lines.product_id = products.product_id
    inner join people on order_lines.one_id = people.one_id
    where
        not order_lines.is_return
        and not order_lines.is_cancelled
        and order_lines.ordered_date
        > {{ add_days("as_of.as_of_date", -var("rule_window_days")) }}

),

customer_items as (

    {% for item_level in rule_levels() -%}
        select distinct
            '{{ item_level }}' as item_level,
            one_id,
            {{ item_level }} as item
        from bought
        where {{ item_level }} is not null
        {{ "union all" if not loop.last }}
    {% endfor %}

),

with_left as (

    select
        left_items.rule_id,
        customer_items.one_id
    from left_items
    inner join customer_items
        on
            left_items.item_level = customer_items.item_level
            and left_items.item = customer_items.item
    group by left_items.rule_id, customer_items.one_id, left_items.item_count
    having count(*) = left_items.item_count - 1

),

product_rule_crowds as (

    select
        crowd_rules.rule_id,
        crowd_rules.item_level,
        crowd_rules.right_item_id,
        crowd_rules.confidence,
        crowd_rules.lift,
        crowd_rules.rule_position,
        with_left.one_id
    from crowd_rules
    inner join with_left on crowd_rules.rule_id = with_left.rule_id
    left join customer_items as already
        on
            crowd_rules.item_level = already.item_level
            and crowd_rules.right_item_id = already.item
            and with_left.one_id = already.one_id
    where already.one_id is null

)

select
    cast(product_rule_crowds.rule_id as string) as rule_id,
    cast(product_rule_crowds.one_id as string) as one_id,
    cast(product_rule_crowds.item_level as string) as item_level,
    cast(product_rule_crowds.right_item_id as string) as right_item_id,
    cast(product_rule_crowds.rule_position as bigint) as rule_position,
    cast(product_rule_crowds.confidence as double) as confidence,
    cast(product_rule_crowds.lift as double) as lift,
    cast(as_of.as_of_date as date) as as_of_date
from product_rule_crowds
cross join as_of
