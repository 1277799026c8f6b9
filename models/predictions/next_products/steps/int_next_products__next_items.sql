{#- The first basket after the date; of more customers than are needed those of small hashes. -#}
with

splits as (

    select * from {{ ref("int_next_products__splits") }}
    where split_code <> 'scoring'

),

baskets as (

    select * from {{ ref("int_next_products__baskets") }}

),

known_customers as (

    select distinct
        splits.split_code,
        baskets.one_id
    from baskets
    inner join splits
        on
            baskets.ordered_date > splits.before_date
            and baskets.ordered_date <= splits.cutoff_date

),

later_baskets as (

    select
        splits.split_code,
        baskets.one_id,
        baskets.item,
        dense_rank() over (
            partition by splits.split_code, baskets.one_id
            order by baskets.ordered_at asc, baskets.order_id asc
        ) as basket_position,
        dense_rank() over (
            partition by splits.split_code order by md5(baskets.one_id) asc, baskets.one_id asc
        ) as draw_position
    from baskets
    inner join splits
        on
            baskets.ordered_date > splits.cutoff_date
            and baskets.ordered_date <= splits.horizon_date
    inner join known_customers
        on
            splits.split_code = known_customers.split_code
            and baskets.one_id = known_customers.one_id

)

select
    cast(split_code as string) as split_code,
    cast(one_id as string) as one_id,
    cast(item as string) as item
from later_baskets
where basket_position = 1 and draw_position <= {{ var("next_product_sample_customers") }}
