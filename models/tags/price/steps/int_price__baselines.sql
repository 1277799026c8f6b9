{#-
    How often each category is bought at a discount by customers who do not hunt for it.
    Hunters lift the mean and widen the spread behind which they are to be seen, so they are
    taken out: once by chance alone, once with the spread between the customers that remain.
-#}
{%- set deviations = setting("price_hunter_deviations") -%}
{%- set rounds = 3 -%}

with

customer_categories as (

    select * from {{ ref("int_price__customer_categories") }}
    where is_compared

),

categories as (

    select
        category,
        count(*) as customers,
        sum(line_count) as line_count,
        avg(discounted_lines / cast(line_count as double)) as mean_share,
        stddev_samp(discounted_lines / cast(line_count as double)) as share_deviation
    from customer_categories
    group by category

),

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
                <= {{ deviations }} * sqrt(
                    customers.chance_variance * (1 - spread.customer_correlation)
                    + spread.customer_correlation * customers.leverage * customers.leverage
                )

        ),

    {% endif -%}
{% endfor %}

price_baselines as (

    select
        categories.*,
        baseline.discounted_share as baseline_share,
        spread.customer_correlation
    from categories
    inner join shares_{{ rounds - 1 }} as baseline on categories.category = baseline.category
    cross join spread_{{ rounds - 1 }} as spread

)

select
    cast(category as string) as category,
    cast(customers as bigint) as customers,
    cast(line_count as bigint) as line_count,
    cast(round(mean_share, 9) as double) as mean_share,
    cast(round(share_deviation, 9) as double) as share_deviation,
    cast(round(baseline_share, 9) as double) as baseline_share,
    cast(round(customer_correlation, 9) as double) as customer_correlation
from price_baselines
