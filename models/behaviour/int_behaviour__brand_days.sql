{#-
    What each profile did with each brand on each day: visits that looked at it,
    searches that named it, lines bought of it. Queries are matched to brands once per
    distinct query, never per event.
-#}
{%- set parts = ["session_days", "search_days", "order_days"] -%}
{%- set key = ["profile_id", "activity_date"] -%}
{%- set bought_date = ["profile_id", "ordered_date"] -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_behaviour__session_interests"), key) }}
    union all
    {{ change_log.keys_from(ref("int_behaviour__order_lines"), bought_date) }}
    union all
    {{ days_of_changed_products("brand", ["brand"]) }}
{% endcall -%}
with

interests as {{ inlined() }} (

    -- to take a product out of the cart is no interest in it
    select * from {{ ref("int_behaviour__session_interests") }}
    where (last_removed_at is null or product_views + cart_adds + wishlist_adds > 0)
    {{ change_log.only_changed("and", key) }}

),

products as (

    select
        product_id,
        brand
    from {{ ref("int_behaviour__products") }}

),

brand_words as (

    {{ product_words("products", "brand", ["brand"]) }}

),

session_brands as (

    select
        interests.profile_id,
        interests.activity_date,
        coalesce(products.brand, interests.brand) as brand,
        sum(interests.product_views) as page_views,
        sum(interests.engaged_seconds) as engaged_seconds
    from interests
    left join products
        on interests.product_id = products.product_id
    where interests.product_views > 0
    group by
        interests.profile_id,
        interests.activity_date,
        interests.visitor_key,
        interests.session_number,
        coalesce(products.brand, interests.brand)

),

query_brands as (

    select
        queries.search_query,
        brand_words.name as brand
    from (select distinct search_query from interests) as queries
    inner join brand_words
        on position(brand_words.word_in_query in queries.search_query) > 0

),

order_brands as (

    select
        profile_id,
        ordered_date,
        brand,
        max(case when not is_return then 1 else 0 end) as orders,
        sum(quantity) as quantity,
        sum(net_amount) as net_amount,
        sum(kept_amount) as kept_amount
    from {{ ref("int_behaviour__order_lines") }}
    where
        profile_id is not null
        and brand is not null
        and not is_cancelled
    {{ change_log.only_changed("and", bought_date) }}
    group by profile_id, ordered_date, brand, order_id

),

session_days as (

    select
        profile_id,
        brand,
        activity_date,
        count(*) as sessions,
        sum(page_views) as page_views,
        sum(engaged_seconds) as engaged_seconds
    from session_brands
    where brand is not null
    group by profile_id, brand, activity_date

),

search_days as (

    select
        interests.profile_id,
        query_brands.brand,
        interests.activity_date,
        sum(interests.searches) as searches
    from interests
    inner join query_brands
        on interests.search_query = query_brands.search_query
    group by interests.profile_id, query_brands.brand, interests.activity_date

),

order_days as (

    select
        profile_id,
        brand,
        ordered_date as activity_date,
        sum(orders) as orders,
        sum(quantity) as quantity,
        sum(net_amount) as net_amount,
        sum(kept_amount) as kept_amount
    from order_brands
    group by profile_id, brand, ordered_date

),

brand_days as (

    select
        {{ key_of_parts(parts, "profile_id") }} as profile_id,
        {{ key_of_parts(parts, "brand") }} as brand,
        {{ key_of_parts(parts, "activity_date") }} as activity_date,
        coalesce(session_days.sessions, 0) as sessions,
        coalesce(session_days.page_views, 0) as page_views,
        coalesce(session_days.engaged_seconds, 0) as engaged_seconds,
        coalesce(search_days.searches, 0) as searches,
        coalesce(order_days.orders, 0) as orders,
        coalesce(order_days.quantity, 0) as quantity,
        coalesce(order_days.net_amount, 0) as net_amount,
        coalesce(order_days.kept_amount, 0) as kept_amount
    from {{ joined_parts(parts, ["profile_id", "brand", "activity_date"]) }}

)

select
    cast(profile_id as string) as profile_id,
    cast(brand as string) as brand,
    cast(sessions as integer) as sessions,
    cast(page_views as integer) as page_views,
    cast(engaged_seconds as decimal(18, 2)) as engaged_seconds,
    cast(searches as integer) as searches,
    cast(orders as integer) as orders,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(net_amount as decimal(28, 4)) as net_amount,
    cast(kept_amount as decimal(28, 4)) as kept_amount,
    cast(activity_date as date) as activity_date
from brand_days
