{#-
    Sets of items that enough baskets hold, the smaller sets first: a set of k items is looked for
    only in baskets that hold a sufficient set of its first k - 1, and only with a last item that
    is sufficient together with the one before it (Agrawal and Srikant, Fast algorithms for mining
    association rules, VLDB 1994). Counts are exact.
-#}
{%- set sizes = range(2, var("rule_max_items") + 1) -%}

with

levels as (

    select * from {{ ref("int_product_rules__levels") }}

),

item_counts as (

    select
        item_level,
        item,
        count(*) as basket_count
    from {{ ref("int_product_rules__baskets") }}
    where not is_oversized
    group by item_level, item

),

-- numbers are unique over all levels
sets_1 as (

    select
        item_counts.item_level,
        item_counts.item,
        cast(row_number() over (
            order by item_counts.item_level asc, item_counts.item asc
        ) as integer) as item_1,
        levels.min_basket_count,
        item_counts.basket_count
    from item_counts
    inner join levels on item_counts.item_level = levels.item_level
    where item_counts.basket_count >= levels.min_basket_count

),

basket_items as (

    select
        basket_items.basket_number,
        sets_1.item_1 as item_number,
        sets_1.min_basket_count
    from {{ ref("int_product_rules__baskets") }} as basket_items
    inner join sets_1
        on
            basket_items.item_level = sets_1.item_level
            and basket_items.item = sets_1.item
    where not basket_items.is_oversized

),

baskets_1 as (

    select
        basket_number,
        item_number as item_1,
        min_basket_count
    from basket_items

),

{% for size in sizes -%}
    {%- set members = range(1, size) -%}
    baskets_{{ size }} as (

        select
            held.basket_number,
            {% for member in members -%}
                held.item_{{ member }},
            {% endfor -%}
            further.item_number as item_{{ size }},
            held.min_basket_count
        from baskets_{{ size - 1 }} as held
        {% if size > 2 -%}
            inner join sets_{{ size - 1 }} as sufficient
                on {{ rule_same_items("held", "sufficient", members) }}
        {% endif -%}
        inner join basket_items as further
            on
                held.basket_number = further.basket_number
                and held.item_{{ size - 1 }} < further.item_number
        {% if size > 2 -%}
            inner join sets_2 as last_two
                on
                    held.item_{{ size - 1 }} = last_two.item_1
                    and further.item_number = last_two.item_2
        {% endif %}
    ),

    sets_{{ size }} as (

        select
            {% for member in range(1, size + 1) -%}
                item_{{ member }},
            {% endfor -%}
            count(*) as basket_count
        from baskets_{{ size }}
        group by
            {% for member in range(1, size + 1) -%}
                item_{{ member }},
            {% endfor -%}
            min_basket_count
        having count(*) >= min_basket_count

    ),

{% endfor -%}
item_sets as (

    select
        item_level,
        item,
        1 as item_count,
        item_1,
        {% for member in range(2, 7) -%}
            cast(null as integer) as item_{{ member }},
        {% endfor -%}
        basket_count
    from sets_1
    {% for size in sizes -%}
        union all
        select
            cast(null as string) as item_level,
            cast(null as string) as item,
            {{ size }} as item_count,
            {% for member in range(1, 7) -%}
                {{ "cast(null as integer) as " if member > size }}item_{{ member }},
            {% endfor -%}
            basket_count
        from sets_{{ size }}
    {% endfor %}

)

select
    cast(first_items.item_level as string) as item_level,
    cast(item_sets.item as string) as item,
    cast(item_sets.item_count as integer) as item_count,
    {% for member in range(1, 7) -%}
        cast(item_sets.item_{{ member }} as integer) as item_{{ member }},
    {% endfor -%}
    cast(item_sets.basket_count as bigint) as basket_count
from item_sets
inner join sets_1 as first_items on item_sets.item_1 = first_items.item_1
