with

price_levels as (

    select * from {{ ref("price_levels") }}

),

-- what is the same for all stands in every row
price_baselines as (

    select max(customer_correlation) as customer_correlation
    from {{ ref("int_price__baselines") }}

),

spending_powers as (

    select
        max(level_mean) as level_mean,
        max(strength) as strength
    from {{ ref("int_price__spending_powers") }}

),

basket_sizes as (

    select
        max(population_log_mean) as log_mean,
        max(own_variance) as own_variance,
        max(strength) as strength,
        max(coupon_deviations) as coupon_deviations
    from {{ ref("int_price__basket_sizes") }}

),

price_thresholds as (

    select
        tag_code,
        level_code || '_from' as threshold_code,
        score_from as threshold_value,
        'seed' as origin
    from price_levels

    {% for tag in ["price_sensitivity", "price_hunter", "price_hunter_category"] -%}
        union all

        select
            '{{ tag }}' as tag_code,
            'customer_correlation' as threshold_code,
            customer_correlation as threshold_value,
            'data' as origin
        from price_baselines

    {% endfor -%}
    {% for code in ["level_mean", "strength"] -%}
        union all

        select
            'spending_power' as tag_code,
            'population_{{ code }}' as threshold_code,
            {{ code }} as threshold_value,
            'data' as origin
        from spending_powers

    {% endfor -%}
    {% for tag in ["usual_basket", "coupon_threshold"] -%}
        union all

        select
            '{{ tag }}' as tag_code,
            'population_median' as threshold_code,
            exp(log_mean) as threshold_value,
            'data' as origin
        from basket_sizes

        union all

        select
            '{{ tag }}' as tag_code,
            'population_strength' as threshold_code,
            strength as threshold_value,
            'data' as origin
        from basket_sizes

    {% endfor %}
    {% for code in ["own_variance", "coupon_deviations"] -%}
        union all

        select
            'coupon_threshold' as tag_code,
            '{{ code }}' as threshold_code,
            {{ code }} as threshold_value,
            'data' as origin
        from basket_sizes

    {% endfor %}
)

select
    cast(tag_code as string) as tag_code,
    cast(threshold_code as string) as threshold_code,
    cast(round(threshold_value, 6) as string) as threshold_value,
    cast(origin as string) as origin
from price_thresholds
where threshold_value is not null
