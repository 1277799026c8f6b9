with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

weights as (

    select * from {{ ref("int_interest__weights") }}

),

category_days as (

    select
        customer_profiles.one_id,
        category_days.category,
        category_days.product_views,
        category_days.searches,
        category_days.wishlist_adds,
        category_days.cart_adds,
        category_days.activity_date,
        {{ days_between("category_days.activity_date", "as_of.as_of_date") }} as days_ago
    from {{ ref("int_behaviour__category_days") }} as category_days
    inner join customer_profiles
        on category_days.profile_id = customer_profiles.profile_id
    cross join as_of
    where
        category_days.activity_date
        > {{ add_days("as_of.as_of_date", -var("interest_window_days")) }}
        and category_days.product_views + category_days.searches
        + category_days.wishlist_adds + category_days.cart_adds > 0

),

interest as (

    select
        category_days.one_id,
        category_days.category,
        {% for column in interest_events() -%}
            sum(category_days.{{ column }}) as {{ column }},
        {% endfor -%}
        sum({{ decayed_interest("category_days", "weights", "category_days.days_ago") }})
            as interest_points,
        max(category_days.activity_date) as last_interest_date
    from category_days
    cross join weights
    group by category_days.one_id, category_days.category

),

-- an order counts whenever it was, but only where there is interest
bought as (

    select
        interest.one_id,
        interest.category,
        sum(bought_days.orders) as orders,
        max(bought_days.activity_date) as last_bought_date
    from interest
    inner join customer_profiles
        on interest.one_id = customer_profiles.one_id
    inner join {{ ref("int_behaviour__category_days") }} as bought_days
        on
            customer_profiles.profile_id = bought_days.profile_id
            and interest.category = bought_days.category
    where bought_days.orders > 0
    group by interest.one_id, interest.category

),

per_category as (

    select
        interest.*,
        coalesce(bought.orders, 0) as orders,
        bought.last_bought_date
    from interest
    left join bought
        on
            interest.one_id = bought.one_id
            and interest.category = bought.category

),

tag_category_interest as (

    select
        *,
        sum(interest_points) over (partition by one_id) as all_points,
        -- rounded, so that equals are equals in whatever order they were added up
        row_number() over (
            partition by one_id
            order by round(interest_points, 9) desc, last_interest_date desc, category asc
        ) as interest_position
    from per_category

)

select
    cast(tag_category_interest.one_id as string) as one_id,
    cast(tag_category_interest.category as string) as category,
    {{ rounded("tag_category_interest.interest_points", 18, 4) }} as interest_points,
    {{ rounded(
        "tag_category_interest.interest_points / nullif(tag_category_interest.all_points, 0)", 7, 6
    ) }} as interest_share,
    cast(tag_category_interest.interest_position as integer) as interest_position,
    cast(tag_category_interest.product_views as bigint) as product_views,
    cast(tag_category_interest.searches as bigint) as searches,
    cast(tag_category_interest.wishlist_adds as bigint) as wishlist_adds,
    cast(tag_category_interest.cart_adds as bigint) as cart_adds,
    cast(tag_category_interest.orders as bigint) as orders_ever,
    cast(tag_category_interest.orders = 0 as boolean) as is_never_bought,
    cast(tag_category_interest.last_interest_date as date) as last_interest_date,
    cast(tag_category_interest.last_bought_date as date) as last_bought_date,
    cast(as_of.as_of_date as date) as as_of_date
from tag_category_interest
cross join as_of
