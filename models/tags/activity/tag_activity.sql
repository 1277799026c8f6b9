{%- set indicators = activity_indicators() -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select * from {{ ref("customers") }}

),

customer_days as (

    select * from {{ ref("int_tags__customer_days") }}
    where days_ago < {{ setting("activity_window_days") }}

),

activity_weights as (

    select * from {{ ref("int_activity__weights") }}

),

levels as (

    select * from {{ ref("activity_levels") }}

),

totals as (

    select
        one_id,
        min(case when signed_in_sessions > 0 then days_ago end) as last_login_days,
        min(case when orders > 0 then days_ago end) as last_purchase_days,
        sum(reviews) as reviews,
        sum(orders) as orders,
        count(case when signed_in_sessions > 0 then 1 end) as login_days,
        sum(engaged_seconds) as dwell_seconds,
        sum(page_views) as pages
    from customer_days
    group by one_id
    having sum(sessions) > 0 or sum(orders) > 0 or sum(reviews) > 0

),

-- a browser cookie is a customer only once it has bought
behaviour as (

    select
        customers.one_id,
        totals.last_login_days,
        totals.last_purchase_days,
        totals.reviews,
        totals.orders,
        totals.login_days,
        totals.dwell_seconds,
        totals.pages
    from customers
    inner join totals on customers.one_id = totals.one_id
    where customers.is_identified or totals.orders > 0

),

caps as (

    {{ indicator_caps("behaviour", indicators) }}

),

weights as (

    {{ indicator_weights("activity_weights", indicators) }}

),

scored as (

    select
        behaviour.*,
        cast({{ rounded(
            "100 * coalesce("
            ~ indicator_score("behaviour", indicators, setting("activity_window_days")) ~ ", 0)",
            7, 4,
        ) }} as double) as activity_score
    from behaviour
    cross join caps
    cross join weights

),

-- equal scores share a place, so equal customers get equal levels
placed as (

    select
        *,
        rank() over (order by activity_score desc) - 1 as customers_above,
        rank() over (order by activity_score) - 1 as customers_below,
        count(*) over () as customer_count
    from scored

),

shares as (

    select
        *,
        customers_above < {{ setting("activity_high_share") }} * customer_count as is_in_top,
        customers_below < {{ setting("activity_low_share") }} * customer_count as is_in_last
    from placed

),

tag_activity as (

    select
        *,
        case
            when is_in_top and not is_in_last then 'high'
            when is_in_last and not is_in_top then 'low'
            else 'medium'
        end as activity_level
    from shares

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
