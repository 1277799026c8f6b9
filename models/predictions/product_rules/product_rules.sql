{%- set left_places = range(1, 6) -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

rules as (

    select
        *,
        left_item_1
        {% for place in left_places if place > 1 -%}
            || coalesce(' + ' || left_item_{{ place }}, '')
        {% endfor -%}
            as left_items,
        cast(both_count as double) / basket_count as support,
        cast(both_count as double) / left_count as confidence,
        cast(both_count as double) * basket_count / (cast(left_count as double) * right_count)
            as lift
    from {{ ref("int_product_rules__rules") }}

),

product_names as (

    select
        product_id,
        product_name
    from {{ ref("products") }}

),

-- categories and subcategories are their own names
product_rules as (

    select
        rules.*,
        coalesce(right_names.product_name, rules.right_item) as right_item_name,
        coalesce(names_1.product_name, rules.left_item_1)
        {% for place in left_places if place > 1 -%}
            || coalesce(
                ' + ' || coalesce(names_{{ place }}.product_name, rules.left_item_{{ place }}), ''
            )
        {% endfor -%}
            as left_item_names,
        md5(rules.item_level || ': ' || rules.left_items || ' > ' || rules.right_item) as rule_id,
        -- rounded, so that equals are equals on both engines
        row_number() over (
            partition by rules.item_level
            order by
                round(rules.lift, 9) desc, rules.both_count desc, rules.left_items asc,
                rules.right_item asc
        ) as rule_position
    from rules
    left join product_names as right_names
        on rules.item_level = 'product' and rules.right_item = right_names.product_id
    {% for place in left_places -%}
        left join product_names as names_{{ place }}
            on
                rules.item_level = 'product'
                and rules.left_item_{{ place }} = names_{{ place }}.product_id
    {% endfor %}
)

select
    cast(product_rules.rule_id as string) as rule_id,
    cast(product_rules.item_level as string) as item_level,
    cast(product_rules.left_items as string) as left_items,
    cast(product_rules.left_item_names as string) as left_item_names,
    cast(product_rules.right_item as string) as right_item_id,
    cast(product_rules.right_item_name as string) as right_item_name,
    {% for place in left_places -%}
        cast(product_rules.left_item_{{ place }} as string) as left_item_id_{{ place }},
    {% endfor -%}
    cast(product_rules.rule_position as bigint) as rule_position,
    cast(product_rules.item_count as integer) as item_count,
    cast(product_rules.basket_count as bigint) as basket_count,
    cast(product_rules.both_count as bigint) as both_count,
    cast(product_rules.left_count as bigint) as left_count,
    cast(product_rules.right_count as bigint) as right_count,
    cast(product_rules.support as double) as support,
    cast(product_rules.confidence as double) as confidence,
    cast(product_rules.lift as double) as lift,
    cast(as_of.as_of_date as date) as as_of_date
from product_rules
cross join as_of
