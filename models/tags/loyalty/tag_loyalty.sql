{%- set indicators = overall_loyalty_indicators() -%}

with

customer_days as (

    select * from {{ ref("int_tags__customer_days") }}
    where days_ago < {{ setting("loyalty_window_days") }}

),

overall_weights as (

    select * from {{ ref("int_loyalty__weights") }}
    where scope = 'overall'

),

loyalty_levels as (

    select * from {{ ref("loyalty_levels") }}

),

top_brands as (

    select * from {{ ref("tag_brand_loyalty") }}
    where brand_position = 1

),

behaviour as (

    select
        one_id,
        as_of_date,
        sum(sessions) as visits,
        sum(engaged_seconds) as dwell_seconds,
        count(case when sessions > 0 then 1 end) as visit_days,
        sum(page_views) as pages,
        min(case when sessions > 0 then days_ago end) as last_visit_days,
        sum(orders) as purchases,
        greatest(sum(kept_amount), 0) as amount,
        min(case when orders > 0 then days_ago end) as last_purchase_days,
        sum(searches) as searches
    from customer_days
    group by one_id, as_of_date
    having sum(sessions) > 0 or sum(orders) > 0

),

levels as (

    {{ level_ranges("loyalty_levels") }}

),

caps as (

    {{ indicator_caps("behaviour", indicators) }}

),

weights as (

    {{ indicator_weights("overall_weights", indicators) }}

),

scored as (

    select
        behaviour.*,
        cast({{ rounded(
            "1 + 99 * coalesce("
            ~ indicator_score("behaviour", indicators, setting("loyalty_window_days")) ~ ", 0)",
            5, 2,
        ) }} as double) as loyalty_score
    from behaviour
    cross join caps
    cross join weights

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
