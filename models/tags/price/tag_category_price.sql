{%- set bands = ["low", "mid", "high"] -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

customer_categories as (

    select * from {{ ref("int_price__customer_categories") }}
    where is_compared

),

price_baselines as (

    {{ read_parameters(
        ref("price_parameters"),
        "price_hunter_category",
        ["customers", "mean_share", "share_deviation", "baseline_share"],
        by="category",
    ) }}

),

correlation as (

    {{ read_parameters(
        ref("price_parameters"), "price_hunter_category", ["customer_correlation"]
    ) }}

),

price_products as (

    select * from {{ ref("int_tags__product_prices") }}

),

-- one row: what share of all lines lies in each band, and how much that counts
band_priors as (

    select
        {% for band in bands -%}
            coalesce(
                max(
                    case
                        when scope = '{{ band }}' and parameter_code = 'population_share'
                            then parameter_value
                    end
                ),
                0
            ) as {{ band }}_share,
        {% endfor -%}
        max(case when parameter_code = 'population_prior_size' then parameter_value end)
            as prior_size
    from {{ ref("preferences_parameters") }}
    where tag_code = 'preferred_price_band'

),

band_limits as (

    select
        category,
        price_band,
        min(unit_price) as price_from,
        max(unit_price) as price_to
    from price_products
    group by category, price_band

),

-- what a customer buys everywhere is what one expects of it in a category
customers as (

    select
        one_id,
        {% for band in bands -%}
            sum({{ band }}_lines) as {{ band }}_lines,
        {% endfor -%}
        sum(line_count) as line_count
    from customer_categories
    group by one_id

),

shares as (

    select
        customer_categories.*,
        band_priors.prior_size,
    {% for band in bands -%}
            {{ beta_mean(
                "customer_categories." ~ band ~ "_lines",
                "customer_categories.line_count",
                beta_mean(
                    "customers." ~ band ~ "_lines",
                    "customers.line_count",
                    "band_priors." ~ band ~ "_share",
                    "band_priors.prior_size",
                ),
                "band_priors.prior_size",
            ) }} as {{ band }}_share{{ "," if not loop.last }}
    {% endfor %}
    from customer_categories
    inner join customers on customer_categories.one_id = customers.one_id
    cross join band_priors

),

banded as (

    select
        *,
        case
            when mid_share >= low_share and mid_share >= high_share then 'mid'
            when low_share >= high_share then 'low'
            else 'high'
        end as price_band,
        greatest(low_share, mid_share, high_share) as band_share,
        low_share + mid_share + high_share
        - greatest(low_share, mid_share, high_share)
        - least(low_share, mid_share, high_share) as next_share
    from shares

),

tag_category_price as (

    select
        banded.*,
        band_limits.price_from,
        band_limits.price_to,
        price_baselines.customers as category_customers,
        price_baselines.mean_share,
        price_baselines.share_deviation,
        price_baselines.baseline_share,
        banded.discounted_lines / cast(banded.line_count as double) as discounted_share,
        {{ share_z_score(
            "banded.discounted_lines",
            "banded.line_count * price_baselines.baseline_share",
            share_variance(
                "banded.line_count * price_baselines.baseline_share"
                ~ " * (1 - price_baselines.baseline_share)",
                "banded.line_count * sqrt(price_baselines.baseline_share"
                ~ " * (1 - price_baselines.baseline_share))",
                "correlation.customer_correlation",
            ),
        ) }} as z_score,
        {{ probability_above(
            "banded.band_share - banded.next_share",
            dirichlet_difference_variance(
                "banded.band_share", "banded.next_share", "banded.line_count", "banded.prior_size"
            ),
            "0",
        ) }} as band_confidence
    from banded
    inner join price_baselines on banded.category = price_baselines.category
    cross join correlation
    left join band_limits
        on
            banded.category = band_limits.category
            and banded.price_band = band_limits.price_band

)

select
    cast(tag_category_price.one_id as string) as one_id,
    cast(tag_category_price.category as string) as category,
    cast(tag_category_price.price_band as string) as expected_price_band,
    cast(tag_category_price.line_count as bigint) as line_count,
    cast(tag_category_price.discounted_lines as bigint) as discounted_lines,
    {{ rounded("tag_category_price.discounted_share", 7, 4) }} as discounted_share,
    {{ rounded("tag_category_price.baseline_share", 7, 4) }} as category_baseline_share,
    {{ rounded("tag_category_price.mean_share", 7, 4) }} as category_mean_share,
    {{ rounded("tag_category_price.share_deviation", 7, 4) }} as category_share_deviation,
    {{ rounded("tag_category_price.z_score", 9, 4) }} as discount_z_score,
    cast(tag_category_price.category_customers as bigint) as category_customers,
    {{ rounded("tag_category_price.band_share", 7, 4) }} as price_band_share,
    {{ rounded("tag_category_price.band_confidence", 7, 4) }} as price_band_confidence,
    {{ rounded("tag_category_price.price_from", 18, 2) }} as expected_price_from,
    {{ rounded("tag_category_price.price_to", 18, 2) }} as expected_price_to,
    cast(
        coalesce(tag_category_price.z_score > {{ var("price_hunter_z_score") }}, false)
        as boolean
    ) as is_price_hunter,
    cast(
        coalesce(
            tag_category_price.discounted_share
            > tag_category_price.mean_share + 3 * tag_category_price.share_deviation,
            false
        ) as boolean
    ) as is_beyond_plain_fence,
    cast(as_of.as_of_date as date) as as_of_date
from tag_category_price
cross join as_of
