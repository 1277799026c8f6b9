{#- Each item of a set is once the right side; thresholds are compared in whole numbers. -#}
{%- set largest = 6 -%}

with

levels as (

    select * from {{ ref("int_product_rules__levels") }}

),

item_sets as (

    select
        *,
        {{ rule_set_key(range(1, largest + 1)) }} as set_key
    from {{ ref("int_product_rules__item_sets") }}

),

single_items as (

    select
        item_1 as item_number,
        item,
        basket_count
    from item_sets
    where item_count = 1

),

candidates as (

    {% for right in range(1, largest + 1) -%}
        {%- set left = range(1, largest + 1) | reject("equalto", right) | list -%}
        select
            item_level,
            item_count,
            item_{{ right }} as right_number,
            {% for member in left -%}
                item_{{ member }} as left_{{ loop.index }},
            {% endfor -%}
            {{ rule_set_key(left) }} as left_key,
            basket_count as both_count
        from item_sets
        where item_count > 1 and item_{{ right }} is not null
        {{ "union all" if not loop.last }}
    {% endfor %}

),

rules as (

    select
        candidates.*,
        levels.basket_count,
        left_sets.basket_count as left_count,
        right_items.basket_count as right_count,
        right_items.item as right_item
    from candidates
    inner join levels on candidates.item_level = levels.item_level
    inner join item_sets as left_sets on candidates.left_key = left_sets.set_key
    inner join single_items as right_items on candidates.right_number = right_items.item_number
    where
        1000000 * candidates.both_count
        >= levels.min_confidence_millionths * left_sets.basket_count

),

named as (

    select
        rules.*,
    {% for member in range(1, largest) -%}
        items_{{ member }}.item as left_item_{{ member }}
        {{- "," if not loop.last }}
    {% endfor %}
    from rules
    {% for member in range(1, largest) -%}
        -- of the right side before it the left items keep their order
        left join single_items as items_{{ member }}
            on rules.left_{{ member }} = items_{{ member }}.item_number
    {% endfor %}
)

select
    cast(item_level as string) as item_level,
    {% for member in range(1, largest) -%}
        cast(left_item_{{ member }} as string) as left_item_{{ member }},
    {% endfor -%}
    cast(right_item as string) as right_item,
    cast(item_count as integer) as item_count,
    cast(basket_count as bigint) as basket_count,
    cast(both_count as bigint) as both_count,
    cast(left_count as bigint) as left_count,
    cast(right_count as bigint) as right_count
from named
