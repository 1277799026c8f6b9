with

product_rule_crowds as (

    select * from {{ ref("product_rule_crowds") }}

),

-- of several rules the one that is kept most often speaks for the customer
best_rules as (

    select
        *,
        row_number() over (
            partition by item_level, right_item_id, one_id
            order by round(confidence, 9) desc, rule_position asc
        ) as position_of_customer
    from product_rule_crowds

),

product_crowds as (

    select
        *,
        row_number() over (
            partition by item_level, right_item_id
            order by round(confidence, 9) desc, rule_position asc, one_id asc
        ) as crowd_position
    from best_rules
    where position_of_customer = 1

)

select
    cast(item_level as string) as item_level,
    cast(right_item_id as string) as item_id,
    cast(one_id as string) as one_id,
    cast(rule_id as string) as rule_id,
    cast(crowd_position as bigint) as crowd_position,
    cast(confidence as double) as score,
    cast(lift as double) as lift,
    cast(as_of_date as date) as as_of_date
from product_crowds
