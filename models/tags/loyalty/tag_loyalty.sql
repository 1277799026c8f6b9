{%- set indicators = overall_loyalty_indicators() -%}

with

behaviour as (

    select * from {{ ref("int_loyalty__behaviour") }}

),

scale as (

    {{ read_parameters(
        ref("loyalty_parameters"),
        "loyalty_level",
        indicator_codes(indicators, "cap") + indicator_codes(indicators, "weight"),
    ) }}

),

loyalty_levels as (

    select * from {{ ref("loyalty_levels") }}

),

top_brands as (

    select * from {{ ref("tag_brand_loyalty") }}
    where brand_position = 1

),

levels as (

    {{ level_ranges("loyalty_levels") }}

),

scored as (

    select
        behaviour.*,
        cast({{ rounded(
            "1 + 99 * coalesce("
            ~ indicator_score("behaviour", indicators, var("loyalty_window_days")) ~ ", 0)",
            5, 2,
        ) }} as double) as loyalty_score
    from behaviour
    cross join scale

),

tag_loyalty as (

    select
        scored.*,
        levels.level_code,
        levels.name_en,
        levels.name_zh,
        top_brands.brand as top_brand,
        top_brands.loyalty_score as top_brand_score
    from scored
    left join levels
        on
            scored.loyalty_score >= levels.score_from
            and (levels.score_below is null or scored.loyalty_score < levels.score_below)
    left join top_brands on scored.one_id = top_brands.one_id

)

select
    cast(one_id as string) as one_id,
    cast(level_code as string) as loyalty_level,
    cast(name_en as string) as loyalty_level_name_en,
    cast(name_zh as string) as loyalty_level_name_zh,
    cast(top_brand as string) as top_brand,
    {{ rounded("loyalty_score", 5, 2) }} as loyalty_score,
    {{ rounded("top_brand_score", 5, 2) }} as top_brand_score,
    cast(as_of_date as date) as as_of_date
from tag_loyalty
