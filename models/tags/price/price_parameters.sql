{%- set z_score = var("price_hunter_z_score") -%}
{%- set rounds = 3 -%}

with

customer_categories as (

    select * from {{ ref("int_price__customer_categories") }}
    where is_compared

),

baskets as (

    select * from {{ ref("int_price__baskets") }}

),

categories as (

    select
        category,
        count(*) as customers,
        avg(discounted_lines / cast(line_count as double)) as mean_share,
        stddev_samp(discounted_lines / cast(line_count as double)) as share_deviation
    from customer_categories
    group by category

),

-- How often each category is bought at a discount by customers who do not hunt for it.
-- Hunters lift the mean and widen the spread behind which they are to be seen, so they are
-- taken out: once by chance alone, once with the spread between the customers that remain.
{% for round in range(rounds) -%}
    shares_{{ round }} as (

        {% if loop.first -%}
            select
                category,
                sum(discounted_lines) / cast(sum(line_count) as double) as discounted_share
            from customer_categories
            group by category
        {%- else -%}
            -- a category that only hunters buy keeps the share of all
            select
                customer_categories.category,
                coalesce(
                    sum(
                        case
                            when ordinary.one_id is not null
                                then customer_categories.discounted_lines
                        end
                    ) / cast(
                        sum(
                            case
                                when ordinary.one_id is not null
                                    then customer_categories.line_count
                            end
                        ) as double
                    ),
                    sum(customer_categories.discounted_lines)
                    / cast(sum(customer_categories.line_count) as double)
                ) as discounted_share
            from customer_categories
            left join ordinary_{{ round }} as ordinary
                on customer_categories.one_id = ordinary.one_id
            group by customer_categories.category
        {%- endif %}

    ),

    variances_{{ round }} as (

        select
            *,
            discounted_share * (1 - discounted_share) as line_variance
        from shares_{{ round }}

    ),

    customers_{{ round }} as (

        select
            customer_categories.one_id,
            sum(
                customer_categories.discounted_lines
                - customer_categories.line_count * baseline.discounted_share
            ) as excess,
            sum(customer_categories.line_count * baseline.line_variance) as chance_variance,
            sum(customer_categories.line_count * sqrt(baseline.line_variance)) as leverage
        from customer_categories
        inner join variances_{{ round }} as baseline
            on customer_categories.category = baseline.category
        group by customer_categories.one_id

    ),

    spread_{{ round }} as (

        {% if loop.first -%}
            select 0.0 as customer_correlation
        {%- else -%}
            select
                coalesce(
                    least(
                        greatest(
                            sum(customers.excess * customers.excess - customers.chance_variance)
                            / nullif(
                                -- nothing but bits where everybody bought one line
                                round(
                                    sum(
                                        customers.leverage * customers.leverage
                                        - customers.chance_variance
                                    ),
                                    9
                                ),
                                0
                            ),
                            0
                        ),
                        0.9
                    ),
                    0
                ) as customer_correlation
            from customers_{{ round }} as customers
            inner join ordinary_{{ round }} on customers.one_id = ordinary_{{ round }}.one_id
        {%- endif %}

    ),

    {% if not loop.last -%}
        ordinary_{{ round + 1 }} as (

            select customers.one_id
            from customers_{{ round }} as customers
            cross join spread_{{ round }} as spread
            where
                customers.excess
                <= {{ z_score }} * sqrt(
                    customers.chance_variance * (1 - spread.customer_correlation)
                    + spread.customer_correlation * customers.leverage * customers.leverage
                )

        ),

    {% endif -%}
{% endfor %}

baselines as (

    select
        categories.category,
        categories.customers,
        round(categories.mean_share, 9) as mean_share,
        round(categories.share_deviation, 9) as share_deviation,
        round(baseline.discounted_share, 9) as baseline_share
    from categories
    inner join shares_{{ rounds - 1 }} as baseline on categories.category = baseline.category

),

correlation as (

    select round(customer_correlation, 9) as customer_correlation
    from spread_{{ rounds - 1 }}
    where exists (select 1 from categories)

),

levelled_customers as (

    select
        one_id,
        sum(line_count) as line_count,
        sum(level_sum) as level_sum,
        sum(level_squares) as level_squares
    from customer_categories
    group by one_id

),

level_totals as (

    select
        count(*) as customers,
        sum(line_count) as line_count,
        sum(cast(line_count as double) * line_count) as lines_squared,
        sum(level_sum) / sum(line_count) as level_mean,
        sum(level_squares - level_sum * level_sum / line_count) as own_squares,
        sum(level_sum * level_sum / line_count) as mean_squares
    from levelled_customers

),

level_variances as (

    select
        *,
        own_squares / nullif(line_count - customers, 0) as own_variance,
        case
            when line_count > customers
                then greatest(own_squares / (line_count - customers), 0.000001)
        end as least_variance
    from level_totals

),

levels as (

    select
        round(level_mean, 9) as population_level_mean,
        -- where all lines stand at one level nothing varies, and nothing may be divided by it
        round(
            coalesce(
                least_variance / greatest(
                    (
                        mean_squares
                        - level_mean * level_mean * line_count
                        - (customers - 1) * own_variance
                    )
                    / nullif(line_count - lines_squared / line_count, 0),
                    least_variance / 1000
                ),
                1000
            ),
            9
        ) as population_prior_size
    from level_variances
    where customers > 0

),

basket_customers as (

    select
        one_id,
        count(*) as orders,
        sum(log_amount) as log_sum,
        sum(log_amount * log_amount) - sum(log_amount) * sum(log_amount) / count(*)
            as own_squares
    from baskets
    group by one_id

),

basket_totals as (

    select
        count(*) as customers,
        sum(orders) as orders,
        sum(cast(orders as double) * orders) as orders_squared,
        sum(log_sum) / sum(orders) as log_mean,
        sum(own_squares) as own_squares,
        sum(log_sum * log_sum / orders) as mean_squares
    from basket_customers

),

basket_variances as (

    select
        *,
        greatest(own_squares / nullif(orders - customers, 0), 0.000001) as own_variance
    from basket_totals

),

basket_spreads as (

    select
        log_mean,
        own_variance,
        -- between customers, by the moments of a one-way analysis of variance
        own_variance / nullif(
            greatest(
                (mean_squares - log_mean * log_mean * orders - (customers - 1) * own_variance)
                / nullif(orders - orders_squared / orders, 0),
                0.000001
            ),
            0
        ) as prior_size
    from basket_variances
    where customers > 0

),

-- each order without itself: what the customer's other orders make one expect of it
others as (

    select
        baskets.log_amount,
        customers.orders - 1 as orders,
        (customers.log_sum - baskets.log_amount + spreads.prior_size * spreads.log_mean)
        / (customers.orders - 1 + spreads.prior_size) as log_mean,
        greatest(
            customers.own_squares
            - (baskets.log_amount - customers.log_sum / customers.orders)
            * (baskets.log_amount - customers.log_sum / customers.orders)
            * customers.orders / greatest(customers.orders - 1, 1),
            0
        ) as own_squares,
        spreads.own_variance,
        spreads.prior_size
    from baskets
    inner join basket_customers as customers on baskets.one_id = customers.one_id
    cross join basket_spreads as spreads

),

surprises as (

    select
        (log_amount - log_mean) / sqrt(
            {{ next_basket_variance("own_squares", "orders", "own_variance", "prior_size") }}
        ) as z_score
    from others

),

reach as (

    select
        round({{ quantile("z_score", 1 - var("coupon_reach_share")) }}, 9)
            as coupon_z_score
    from surprises

),

basket_parameters as (

    select
        round(log_mean, 9) as population_log_mean,
        round(exp(log_mean), 9) as population_median,
        round(own_variance, 9) as own_variance,
        round(prior_size, 9) as population_prior_size
    from basket_spreads

),

price_parameters as (

    {{ parameter_rows(
        "baselines",
        "price_hunter_category",
        ["customers", "mean_share", "share_deviation", "baseline_share"],
        scope="category",
    ) }}
    {% for tag in ["price_sensitivity", "price_hunter", "price_hunter_category"] -%}
        union all
        {{ parameter_rows("correlation", tag, ["customer_correlation"], 6) }}
    {% endfor -%}
    union all
    {{ parameter_rows(
        "levels", "spending_power", ["population_level_mean", "population_prior_size"], 6
    ) }}
    {% for tag in ["usual_basket", "coupon_threshold"] -%}
        union all
        {{ parameter_rows(
            "basket_parameters", tag, ["population_median", "population_prior_size"], 6
        ) }}
    {% endfor -%}
    union all
    {{ parameter_rows("basket_parameters", "coupon_threshold", ["population_log_mean"]) }}
    union all
    {{ parameter_rows("basket_parameters", "coupon_threshold", ["own_variance"], 6) }}
    union all
    {{ parameter_rows("reach", "coupon_threshold", ["coupon_z_score"], 6) }}
    union all
    {{ level_parameters(ref("price_levels"), "tag_code", "level_code", "round(score_from, 6)") }}

)

{{ as_parameters("price_parameters") }}
