with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select
        one_id,
        is_identified
    from {{ ref("customers") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

profile_days as (

    select
        profile_id,
        activity_date
    from {{ ref("int_behaviour__profile_days") }}
    where cart_adds > 0 or wishlist_adds > 0

),

interests as (

    select
        customer_profiles.one_id,
        max(profile_days.activity_date) as interested_date
    from profile_days
    inner join customer_profiles on profile_days.profile_id = customer_profiles.profile_id
    group by customer_profiles.one_id

),

cycles as (

    select
        one_id,
        cast(purchase_cycle_days as double) as purchase_cycle_days
    from {{ ref("tag_nes") }}

),

population as (

    {{ read_parameters(
        ref("nes_parameters"), "purchase_cycle_days", ["within_variance", "between_variance"]
    ) }}

),

trends as (

    select * from {{ ref("int_lifecycle__trends") }}

),

comebacks as (

    select * from {{ ref("int_lifecycle__comebacks") }}

),

customer_values as (

    select
        one_id,
        monetary
    from {{ ref("int_tags__rfm_values") }}
    where scope = 'overall'

),

stages as (

    {{ read_parameters(
        ref("lifecycle_parameters"), "lifecycle_stage", ["new_cycles", "lost_cycles"]
    ) }}

),

tiers as (

    {{ read_parameters(
        ref("lifecycle_parameters"),
        "lifecycle_value_tier",
        ["core_from", "high_potential_from"],
    ) }}

),

open_categories as (

    select
        one_id,
        max(case when category_position = 1 then category end) as repurchase_category,
        max(case when category_position = 1 then closes_date end) as category_closes_date,
        count(*) as open_categories
    from {{ ref("tag_lifecycle_category") }}
    where is_open
    group by one_id

),

names as (

    select
        tag_code,
        tag_value,
        name_en,
        name_zh
    from {{ ref("tag_values") }}

),

known as (

    select
        customers.one_id,
        as_of.as_of_date,
        interests.interested_date,
        trends.order_days,
        trends.earlier_amount,
        trends.recent_amount,
        trends.later_order_days,
        trends.trend_z,
        trends.trend,
        trends.first_ordered_date,
        trends.last_ordered_date,
        comebacks.won_back_date,
        cycles.purchase_cycle_days,
        {{ gap_shrinkage_weight(
            "(trends.order_days - 1)", "population.within_variance", "population.between_variance"
        ) }} as shrinkage_weight,
        {{ days_between("trends.first_ordered_date", "as_of.as_of_date") }}
        / cycles.purchase_cycle_days as cycles_since_first_order,
        {{ days_between("trends.last_ordered_date", "as_of.as_of_date") }}
        / cycles.purchase_cycle_days as cycles_since_last_order,
        {{ days_between("comebacks.won_back_date", "as_of.as_of_date") }}
        / cycles.purchase_cycle_days as cycles_since_comeback,
        customer_values.monetary as value_amount,
        open_categories.repurchase_category,
        open_categories.category_closes_date,
        open_categories.open_categories,
        population.within_variance,
        population.between_variance,
        stages.new_cycles,
        stages.lost_cycles,
        tiers.core_from,
        tiers.high_potential_from
    from customers
    cross join as_of
    cross join population
    cross join stages
    cross join tiers
    left join interests on customers.one_id = interests.one_id
    left join trends on customers.one_id = trends.one_id
    left join cycles on customers.one_id = cycles.one_id
    left join comebacks on customers.one_id = comebacks.one_id
    left join customer_values on customers.one_id = customer_values.one_id
    left join open_categories on customers.one_id = open_categories.one_id
    -- a browser cookie is a customer only once it has bought
    where customers.is_identified or trends.one_id is not null

),

windowed as (

    select
        *,
        {{ add_days("last_ordered_date", repurchase_window_days(
            "opens",
            "purchase_cycle_days",
            "shrinkage_weight",
            "within_variance",
            "between_variance",
        )) }} as repurchase_opens_date,
        {{ add_days("last_ordered_date", repurchase_window_days(
            "closes",
            "purchase_cycle_days",
            "shrinkage_weight",
            "within_variance",
            "between_variance",
        )) }} as repurchase_closes_date
    from known

),

-- the first line that fits is the stage
staged as (

    select
        *,
        case
            when
                order_days is null
                and {{ days_between("interested_date", "as_of_date") }}
                < {{ var("cart_open_days") }}
                then 'interested'
            when order_days is null then 'prospect'
            when cycles_since_last_order > lost_cycles then 'lost'
            when cycles_since_comeback <= new_cycles then 'won_back'
            when
                cycles_since_first_order <= new_cycles
                -- two order days show one gap: no habit yet, as long as it is not overdue
                or (order_days < 3 and as_of_date <= repurchase_closes_date)
                then 'new'
            when as_of_date > repurchase_closes_date or trend = 'falling' then 'declining'
            when as_of_date >= repurchase_opens_date then 'repurchase_window_open'
            when trend = 'rising' then 'growing'
            else 'mature'
        end as lifecycle_stage
    from windowed

),

tiered as (

    select
        *,
        case
            when order_days is null then null
            when value_amount >= core_from then 'core'
            when
                value_amount >= high_potential_from
                and (trend = 'rising' or lifecycle_stage in ('new', 'won_back'))
                then 'high_potential'
            else 'ordinary'
        end as lifecycle_value_tier
    from staged

),

tag_lifecycle as (

    select
        tiered.*,
        stage_names.name_en as lifecycle_stage_name_en,
        stage_names.name_zh as lifecycle_stage_name_zh,
        tier_names.name_en as lifecycle_value_tier_name_en,
        tier_names.name_zh as lifecycle_value_tier_name_zh,
        trend_names.name_en as purchase_trend_name_en,
        trend_names.name_zh as purchase_trend_name_zh
    from tiered
    left join names as stage_names
        on
            stage_names.tag_code = 'lifecycle_stage'
            and tiered.lifecycle_stage = stage_names.tag_value
    left join names as tier_names
        on
            tier_names.tag_code = 'lifecycle_value_tier'
            and tiered.lifecycle_value_tier = tier_names.tag_value
    left join names as trend_names
        on
            trend_names.tag_code = 'purchase_trend'
            and tiered.trend = trend_names.tag_value

)

select
    cast(one_id as string) as one_id,
    cast(lifecycle_stage as string) as lifecycle_stage,
    cast(lifecycle_stage_name_en as string) as lifecycle_stage_name_en,
    cast(lifecycle_stage_name_zh as string) as lifecycle_stage_name_zh,
    cast(lifecycle_value_tier as string) as lifecycle_value_tier,
    cast(lifecycle_value_tier_name_en as string) as lifecycle_value_tier_name_en,
    cast(lifecycle_value_tier_name_zh as string) as lifecycle_value_tier_name_zh,
    cast(trend as string) as purchase_trend,
    cast(purchase_trend_name_en as string) as purchase_trend_name_en,
    cast(purchase_trend_name_zh as string) as purchase_trend_name_zh,
    cast(repurchase_category as string) as repurchase_category,
    cast(order_days as bigint) as order_days,
    cast(later_order_days as bigint) as trend_order_days,
    {{ rounded("trend_z", 9, 4) }} as purchase_trend_z,
    cast(value_amount as decimal(18, 2)) as value_amount,
    cast(earlier_amount as decimal(18, 2)) as earlier_amount,
    cast(recent_amount as decimal(18, 2)) as recent_amount,
    cast(
        case
            when trend_z is not null and earlier_amount > 0
                then {{ rounded(
                    "cast(greatest(recent_amount, 0) as double) / cast(earlier_amount as double)",
                    18, 4,
                ) }}
        end as decimal(18, 4)
    ) as spend_trend_ratio,
    {{ rounded("purchase_cycle_days", 9, 2) }} as cycle_days,
    {{ rounded("cycles_since_first_order", 12, 4) }} as cycles_since_first_order,
    {{ rounded("cycles_since_last_order", 12, 4) }} as cycles_since_last_order,
    {{ rounded("cycles_since_comeback", 12, 4) }} as cycles_since_comeback,
    cast(open_categories as bigint) as open_categories,
    cast(
        case
            when order_days is not null
                then as_of_date between repurchase_opens_date and repurchase_closes_date
        end as boolean
    ) as is_repurchase_window_open,
    cast(first_ordered_date as date) as first_ordered_date,
    cast(last_ordered_date as date) as last_ordered_date,
    cast(interested_date as date) as interested_date,
    cast(won_back_date as date) as won_back_date,
    cast(repurchase_opens_date as date) as repurchase_opens_date,
    cast(repurchase_closes_date as date) as repurchase_closes_date,
    cast(category_closes_date as date) as category_closes_date,
    cast(as_of_date as date) as as_of_date
from tag_lifecycle
