{#-
    What each profile did with each brand on each day: visits that looked at it,
    searches that named it, lines bought of it. Queries are matched to brands once per
    distinct query, never per event.
-#}
with

events as (

    select * from {{ ref("int_behaviour__session_events") }}

),

session_days as (

    select * from {{ ref("int_behaviour__session_days") }}

),

products as (

    select
        product_id,
        brand
    from {{ ref("stg_pos__products") }}

),

brands as (

    select distinct
        brand,
        lower(brand) as brand_in_query
    from products
    -- one letter would be found in nearly every query
    where length(brand) > 1

),

product_views as (

    select
        visitor_key,
        session_number,
        product_id,
        brand,
        count(*) as page_views,
        sum(engaged_seconds) as engaged_seconds
    from events
    where event_type = 'product_viewed'
    group by visitor_key, session_number, product_id, brand

),

brand_views as (

    select
        product_views.visitor_key,
        product_views.session_number,
        coalesce(products.brand, product_views.brand) as brand,
        sum(product_views.page_views) as page_views,
        sum(product_views.engaged_seconds) as engaged_seconds
    from product_views
    left join products
        on product_views.product_id = products.product_id
    group by
        product_views.visitor_key,
        product_views.session_number,
        coalesce(products.brand, product_views.brand)

),

viewed as (

    select
        session_days.profile_id,
        session_days.activity_date,
        brand_views.brand,
        count(*) as sessions,
        sum(brand_views.page_views) as page_views,
        sum(brand_views.engaged_seconds) as engaged_seconds,
        0 as searches,
        0 as orders,
        0 as quantity,
        0 as net_amount,
        0 as kept_amount
    from brand_views
    inner join session_days
        on
            brand_views.visitor_key = session_days.visitor_key
            and brand_views.session_number = session_days.session_number
    where brand_views.brand is not null
    group by session_days.profile_id, session_days.activity_date, brand_views.brand

),

session_queries as (

    select
        visitor_key,
        session_number,
        lower(search_query) as search_query,
        count(*) as searches
    from events
    where event_type = 'product_searched' and search_query is not null
    group by visitor_key, session_number, lower(search_query)

),

queries as (

    select distinct search_query from session_queries

),

query_brands as (

    select
        queries.search_query,
        brands.brand
    from queries
    inner join brands
        on position(brands.brand_in_query in queries.search_query) > 0

),

searched as (

    select
        session_days.profile_id,
        session_days.activity_date,
        query_brands.brand,
        0 as sessions,
        0 as page_views,
        0 as engaged_seconds,
        sum(session_queries.searches) as searches,
        0 as orders,
        0 as quantity,
        0 as net_amount,
        0 as kept_amount
    from session_queries
    inner join query_brands
        on session_queries.search_query = query_brands.search_query
    inner join session_days
        on
            session_queries.visitor_key = session_days.visitor_key
            and session_queries.session_number = session_days.session_number
    group by session_days.profile_id, session_days.activity_date, query_brands.brand

),

bought as (

    select
        profile_id,
        ordered_date as activity_date,
        brand,
        0 as sessions,
        0 as page_views,
        0 as engaged_seconds,
        0 as searches,
        count(distinct case when not is_return then order_id end) as orders,
        sum(quantity) as quantity,
        sum(net_amount) as net_amount,
        sum(kept_amount) as kept_amount
    from {{ ref("int_behaviour__order_lines") }}
    where
        profile_id is not null
        and brand is not null
        and not is_cancelled
    group by profile_id, ordered_date, brand

),

unioned as (

    select * from viewed
    union all
    select * from searched
    union all
    select * from bought

),

brand_days as (

    select
        profile_id,
        brand,
        activity_date,
        sum(sessions) as sessions,
        sum(page_views) as page_views,
        sum(engaged_seconds) as engaged_seconds,
        sum(searches) as searches,
        sum(orders) as orders,
        sum(quantity) as quantity,
        sum(net_amount) as net_amount,
        sum(kept_amount) as kept_amount
    from unioned
    group by profile_id, brand, activity_date

)

select
    cast(profile_id as string) as profile_id,
    cast(brand as string) as brand,
    cast(sessions as integer) as sessions,
    cast(page_views as integer) as page_views,
    cast(coalesce(engaged_seconds, 0) as decimal(18, 2)) as engaged_seconds,
    cast(searches as integer) as searches,
    cast(orders as integer) as orders,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(net_amount as decimal(18, 2)) as net_amount,
    cast(kept_amount as decimal(18, 2)) as kept_amount,
    cast(activity_date as date) as activity_date
from brand_days
