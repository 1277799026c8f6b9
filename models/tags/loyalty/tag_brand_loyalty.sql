{%- set indicators = brand_loyalty_indicators() -%}

with

brand_behaviour as (

    select * from {{ ref("int_loyalty__brand_behaviour") }}

),

scale as (

    {{ read_parameters(
        ref("loyalty_parameters"),
        "top_brand",
        indicator_codes(indicators, "cap") + indicator_codes(indicators, "weight"),
    ) }}

),

loyalty_levels as (

    select * from {{ ref("loyalty_levels") }}

),

levels as (

    {{ level_ranges("loyalty_levels") }}

),

scored as (

    select
        brand_behaviour.*,
        cast({{ rounded(
            "1 + 99 * coalesce("
            ~ indicator_score("brand_behaviour", indicators, var("loyalty_window_days")) ~ ", 0)",
            5, 2,
        ) }} as double) as loyalty_score
    from brand_behaviour
    cross join scale

),

tag_brand_loyalty as (

    select
        scored.*,
        levels.level_code,
        levels.name_en,
        levels.name_zh,
        row_number() over (
            partition by scored.one_id
            order by scored.loyalty_score desc, scored.amount desc, scored.brand asc
        ) as brand_position
    from scored
    left join levels
        on
            scored.loyalty_score >= levels.score_from
            and (levels.score_below is null or scored.loyalty_score < levels.score_below)

)

select
    cast(one_id as string) as one_id,
    cast(brand as string) as brand,
    cast(category as string) as category,
    cast(level_code as string) as loyalty_level,
    cast(name_en as string) as loyalty_level_name_en,
    cast(name_zh as string) as loyalty_level_name_zh,
    {{ rounded("loyalty_score", 5, 2) }} as loyalty_score,
    cast(brand_position as integer) as brand_position,
    cast(visits as bigint) as visits,
    cast(purchases as bigint) as purchases,
    cast(amount as decimal(18, 2)) as amount,
    cast(as_of_date as date) as as_of_date
from tag_brand_loyalty
