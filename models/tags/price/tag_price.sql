{%- set hunts_from = var("price_hunter_z_score") -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

z_scores as (

    select * from {{ ref("int_price__z_scores") }}

),

category_price as (

    select * from {{ ref("tag_category_price") }}

),

spending_powers as (

    select * from {{ ref("int_price__spending_powers") }}

),

basket_sizes as (

    select * from {{ ref("int_price__basket_sizes") }}

),

reach as (

    {{ read_parameters(ref("price_parameters"), "coupon_threshold", ["coupon_z_score"]) }}

),

price_levels as (

    select * from {{ ref("price_levels") }}

),

level_names as (

    select * from {{ ref("tag_values") }}

),

levels as (

    select
        price_levels.tag_code,
        price_levels.level_code,
        price_levels.score_from,
        level_names.name_en,
        level_names.name_zh,
        lead(price_levels.score_from) over (
            partition by price_levels.tag_code
            order by price_levels.score_from
        ) as score_below,
        max(price_levels.score_from) over (partition by price_levels.tag_code) as last_score_from
    from price_levels
    left join level_names
        on
            price_levels.tag_code = level_names.tag_code
            and price_levels.level_code = level_names.tag_value

),

ranked_hunts as (

    select
        *,
        row_number() over (
            partition by one_id
            order by discount_z_score desc, category asc
        ) as place,
        count(*) over (partition by one_id) as hunted_categories
    from category_price
    where is_price_hunter

),

hunted as (

    select
        one_id,
        hunted_categories,
        category,
        discount_z_score as z_score
    from ranked_hunts
    where place = 1

),

coupons as (

    select
        one_id,
        orders,
        log_mean,
        log_variance,
        round(exp(log_mean), 2) as usual_basket,
        {{ rounded_up_to_step("basket_wanted") }} as coupon_threshold
    from (
        select
            basket_sizes.*,
            round(
                exp(
                    basket_sizes.log_mean
                    + greatest(reach.coupon_z_score, 0) * sqrt(basket_sizes.log_variance)
                ),
                2
            ) as basket_wanted
        from basket_sizes
        cross join reach
    ) as wanted

),

customers as (

    select one_id from z_scores
    union
    select one_id from basket_sizes

),

tag_price as (

    select
        customers.one_id,
        sensitivity.level_code as price_sensitivity,
        sensitivity.name_en as price_sensitivity_name_en,
        sensitivity.name_zh as price_sensitivity_name_zh,
        hunted.category as price_hunter_category,
        power.level_code as spending_power,
        power.name_en as spending_power_name_en,
        power.name_zh as spending_power_name_zh,
        z_scores.line_count,
        z_scores.discounted_lines,
        z_scores.z_score,
        z_scores.largest_z_score,
        hunted.hunted_categories,
        hunted.z_score as category_z_score,
        spending_powers.price_level,
        spending_powers.effective_lines,
        spending_powers.spending_power_score,
        spending_powers.share_below,
        coupons.orders,
        coupons.usual_basket,
        coupons.coupon_threshold,
        z_scores.discounted_lines / cast(z_scores.line_count as double)
            as discounted_share,
        z_scores.expected_lines / z_scores.line_count as expected_share,
        case
            when coupons.coupon_threshold is not null
                then {{ probability_above(
                    "coupons.log_mean", "coupons.log_variance", "ln(coupons.coupon_threshold)"
                ) }}
        end as coupon_reach,
        case
            when z_scores.largest_z_score > {{ hunts_from }}
                then z_scores.z_score > {{ hunts_from }}
        end as is_price_hunter
    from customers
    left join z_scores on customers.one_id = z_scores.one_id
    left join hunted on customers.one_id = hunted.one_id
    left join spending_powers on customers.one_id = spending_powers.one_id
    left join coupons on customers.one_id = coupons.one_id
    -- one line more or less cannot move a customer to another level where all lines together
    -- could not move it to the highest
    left join levels as sensitivity
        on
            sensitivity.tag_code = 'price_sensitivity'
            and z_scores.z_score >= sensitivity.score_from
            and (
                sensitivity.score_below is null
                or z_scores.z_score < sensitivity.score_below
            )
            and z_scores.largest_z_score >= sensitivity.last_score_from
    left join levels as power
        on
            power.tag_code = 'spending_power'
            and spending_powers.share_below >= power.score_from
            and (power.score_below is null or spending_powers.share_below < power.score_below)

)

select
    cast(tag_price.one_id as string) as one_id,
    cast(tag_price.price_sensitivity as string) as price_sensitivity,
    cast(tag_price.price_sensitivity_name_en as string) as price_sensitivity_name_en,
    cast(tag_price.price_sensitivity_name_zh as string) as price_sensitivity_name_zh,
    cast(tag_price.price_hunter_category as string) as price_hunter_category,
    cast(tag_price.spending_power as string) as spending_power,
    cast(tag_price.spending_power_name_en as string) as spending_power_name_en,
    cast(tag_price.spending_power_name_zh as string) as spending_power_name_zh,
    cast(tag_price.line_count as bigint) as line_count,
    cast(tag_price.discounted_lines as bigint) as discounted_lines,
    {{ rounded("tag_price.discounted_share", 7, 4) }} as discounted_share,
    {{ rounded("tag_price.expected_share", 7, 4) }} as expected_discounted_share,
    {{ rounded("tag_price.z_score", 9, 4) }} as discount_z_score,
    {{ rounded("tag_price.largest_z_score", 9, 4) }} as largest_discount_z_score,
    cast(tag_price.hunted_categories as bigint) as hunted_categories,
    {{ rounded("tag_price.category_z_score", 9, 4) }} as category_discount_z_score,
    {{ rounded("tag_price.price_level", 7, 4) }} as price_level,
    {{ rounded("tag_price.effective_lines", 12, 2) }} as price_level_lines,
    {{ rounded("tag_price.spending_power_score", 7, 4) }} as spending_power_score,
    {{ rounded("tag_price.share_below", 7, 4) }} as spending_power_share_below,
    cast(tag_price.orders as bigint) as basket_orders,
    {{ rounded("tag_price.usual_basket", 18, 2) }} as usual_basket,
    {{ rounded("tag_price.coupon_threshold", 18, 2) }} as coupon_threshold,
    {{ rounded("tag_price.coupon_reach", 7, 4) }} as coupon_reach,
    cast(tag_price.is_price_hunter as boolean) as is_price_hunter,
    cast(as_of.as_of_date as date) as as_of_date
from tag_price
cross join as_of
