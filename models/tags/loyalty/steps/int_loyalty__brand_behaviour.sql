{%- set measures = ["visits", "purchases", "amount", "purchase_days", "searches"] -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

brand_days as (

    select * from {{ ref("int_behaviour__brand_days") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

products as (

    select * from {{ ref("products") }}
    where brand is not null and category is not null

),

category_sizes as (

    select
        brand,
        category,
        count(*) as product_count
    from products
    group by brand, category

),

-- like brands are those with most of their products in the same category; brands of which no
-- category is known are like each other
brand_categories as (

    select
        brand,
        category,
        row_number()
            over (partition by brand order by product_count desc, category asc)
            as preference
    from category_sizes

),

-- several profiles of a customer may act on one day, which is one day
customer_brand_days as (

    select
        customer_profiles.one_id,
        brand_days.brand,
        {{ days_between("brand_days.activity_date", "as_of.as_of_date") }} as days_ago,
        sum(brand_days.sessions) as sessions,
        sum(brand_days.page_views) as page_views,
        sum(brand_days.engaged_seconds) as engaged_seconds,
        sum(brand_days.searches) as searches,
        sum(brand_days.orders) as orders,
        sum(brand_days.kept_amount) as kept_amount
    from brand_days
    inner join customer_profiles on brand_days.profile_id = customer_profiles.profile_id
    cross join as_of
    where
        brand_days.activity_date
        > {{ add_days("as_of.as_of_date", -var("loyalty_window_days")) }}
    group by
        customer_profiles.one_id,
        brand_days.brand,
        {{ days_between("brand_days.activity_date", "as_of.as_of_date") }}

),

per_brand as (

    select
        one_id,
        brand,
        sum(sessions) as visits,
        sum(engaged_seconds) as dwell_seconds,
        count(case when sessions > 0 then 1 end) as visit_days,
        sum(page_views) as pages,
        min(case when sessions > 0 then days_ago end) as last_visit_days,
        sum(orders) as purchases,
        greatest(sum(kept_amount), 0) as amount,
        count(case when orders > 0 then 1 end) as purchase_days,
        min(case when orders > 0 then days_ago end) as last_purchase_days,
        sum(searches) as searches
    from customer_brand_days
    group by one_id, brand
    -- who only brought things of it back has shown no loyalty
    having sum(sessions) > 0 or sum(searches) > 0 or sum(orders) > 0

),

with_category as (

    select
        per_brand.*,
        coalesce(brand_categories.category, '') as category
    from per_brand
    left join brand_categories
        on per_brand.brand = brand_categories.brand and brand_categories.preference = 1

),

per_category as (

    select
        one_id,
        category,
        {% for measure in measures -%}
            sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        count(*) as brand_count
    from with_category
    group by one_id, category

),

-- own value against own value plus the average of the customer's other like brands:
-- 1 where the customer keeps to this brand, one half where it is like the others
compared as (

    select
        with_category.*,
        per_category.brand_count - 1 as like_brand_count,
    {% for measure in measures -%}
        coalesce(
            cast(with_category.{{ measure }} as double) / nullif(
                with_category.{{ measure }}
                + coalesce(
                    (per_category.{{ measure }} - with_category.{{ measure }})
                    / nullif(cast(per_category.brand_count - 1 as double), 0),
                    0
                ),
                0
            ),
            0
        ) as {{ "days" if measure == "purchase_days" else measure }}_against_like
        {{- "," if not loop.last }}
    {% endfor -%}
    from with_category
    inner join per_category
        on
            with_category.one_id = per_category.one_id
            and with_category.category = per_category.category

)

select
    cast(compared.one_id as string) as one_id,
    cast(compared.brand as string) as brand,
    cast(compared.category as string) as category,
    cast(compared.visits as bigint) as visits,
    cast(compared.dwell_seconds as double) as dwell_seconds,
    cast(compared.visit_days as bigint) as visit_days,
    cast(compared.pages as bigint) as pages,
    cast(compared.last_visit_days as integer) as last_visit_days,
    cast(compared.purchases as bigint) as purchases,
    cast(compared.amount as decimal(28, 4)) as amount,
    cast(compared.last_purchase_days as integer) as last_purchase_days,
    cast(compared.searches as bigint) as searches,
    cast(compared.like_brand_count as bigint) as like_brand_count,
    cast(compared.visits_against_like as double) as visits_against_like,
    cast(compared.purchases_against_like as double) as purchases_against_like,
    cast(compared.amount_against_like as double) as amount_against_like,
    cast(compared.days_against_like as double) as days_against_like,
    cast(compared.searches_against_like as double) as searches_against_like,
    cast(as_of.as_of_date as date) as as_of_date
from compared
cross join as_of
