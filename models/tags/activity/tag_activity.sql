{%- set indicators = activity_indicators() -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

behaviour as (

    select * from {{ ref("int_activity__behaviour") }}

),

scale as (

    {{ read_parameters(
        ref("activity_parameters"),
        "activity_level",
        indicator_codes(indicators, "cap") + indicator_codes(indicators, "weight")
        + ["high_from", "low_to"],
    ) }}

),

levels as (

    select * from {{ ref("activity_levels") }}

),

scored as (

    select
        behaviour.*,
        scale.high_from,
        scale.low_to,
        cast({{ rounded(
            "100 * coalesce("
            ~ indicator_score("behaviour", indicators, var("activity_window_days")) ~ ", 0)",
            7, 4,
        ) }} as double) as activity_score
    from behaviour
    cross join scale

),

tag_activity as (

    select
        *,
        case
            when activity_score >= high_from then 'high'
            when activity_score <= low_to then 'low'
            else 'medium'
        end as activity_level
    from scored

)

select
    cast(tag_activity.one_id as string) as one_id,
    cast(tag_activity.activity_level as string) as activity_level,
    cast(levels.name_en as string) as activity_level_name_en,
    cast(levels.name_zh as string) as activity_level_name_zh,
    {{ rounded("tag_activity.activity_score", 7, 4) }} as activity_score,
    cast(tag_activity.orders as bigint) as orders,
    cast(tag_activity.login_days as bigint) as login_days,
    cast(tag_activity.reviews as bigint) as reviews,
    cast(tag_activity.pages as bigint) as pages,
    cast(tag_activity.last_login_days as integer) as days_since_last_login,
    cast(tag_activity.last_purchase_days as integer) as days_since_last_purchase,
    cast(as_of.as_of_date as date) as as_of_date
from tag_activity
left join levels on tag_activity.activity_level = levels.level_code
cross join as_of
