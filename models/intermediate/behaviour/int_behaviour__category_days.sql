{#-
    What each profile did with each category on each day, as int_behaviour__brand_days
    does it for brands. A category is searched for when the query holds its name or that
    of one of its subcategories; queries are matched once per distinct query.
-#}
{%- set measures = [
    "sessions", "product_views", "cart_adds", "wishlist_adds", "engaged_seconds", "searches",
    "orders", "line_count", "kept_lines", "discounted_lines", "quantity", "list_amount",
    "discount_amount", "net_amount", "sold_amount", "kept_amount",
] -%}

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
        category,
        subcategory
    from {{ ref("stg_pos__products") }}
    where category is not null

),

category_words as (

    select
        category,
        lower(category) as word_in_query
    from products
    where length(category) > 1

    union

    -- one letter would be found in nearly every query
    select
        category,
        lower(subcategory) as word_in_query
    from products
    where length(subcategory) > 1

),

session_products as (

    select
        visitor_key,
        session_number,
        product_id,
        count(case when event_type = 'product_viewed' then 1 end) as product_views,
        count(case when event_type = 'product_added' then 1 end) as cart_adds,
        count(case when event_type = 'product_wishlisted' then 1 end) as wishlist_adds,
        sum(case when event_type = 'product_viewed' then engaged_seconds end) as engaged_seconds
    from events
    where event_type in ('product_viewed', 'product_added', 'product_wishlisted')
    group by visitor_key, session_number, product_id

),

session_categories as (

    select
        session_products.visitor_key,
        session_products.session_number,
        products.category,
        sum(session_products.product_views) as product_views,
        sum(session_products.cart_adds) as cart_adds,
        sum(session_products.wishlist_adds) as wishlist_adds,
        sum(session_products.engaged_seconds) as engaged_seconds
    from session_products
    inner join products
        on session_products.product_id = products.product_id
    group by
        session_products.visitor_key, session_products.session_number, products.category

),

seen as (

    select
        session_days.profile_id,
        session_categories.category,
        session_days.activity_date,
        count(*) as sessions,
        sum(session_categories.product_views) as product_views,
        sum(session_categories.cart_adds) as cart_adds,
        sum(session_categories.wishlist_adds) as wishlist_adds,
        sum(session_categories.engaged_seconds) as engaged_seconds
    from session_categories
    inner join session_days
        on
            session_categories.visitor_key = session_days.visitor_key
            and session_categories.session_number = session_days.session_number
    group by
        session_days.profile_id, session_categories.category, session_days.activity_date

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

query_categories as (

    select distinct
        queries.search_query,
        category_words.category
    from queries
    inner join category_words
        on position(category_words.word_in_query in queries.search_query) > 0

),

searched as (

    select
        session_days.profile_id,
        query_categories.category,
        session_days.activity_date,
        sum(session_queries.searches) as searches
    from session_queries
    inner join query_categories
        on session_queries.search_query = query_categories.search_query
    inner join session_days
        on
            session_queries.visitor_key = session_days.visitor_key
            and session_queries.session_number = session_days.session_number
    group by
        session_days.profile_id, query_categories.category, session_days.activity_date

),

bought as (

    select
        profile_id,
        category,
        ordered_date as activity_date,
        count(distinct case when not is_return then order_id end) as orders,
        count(case when not is_return then 1 end) as line_count,
        count(case when not is_return and kept_amount > 0 then 1 end) as kept_lines,
        count(
            case when not is_return and kept_amount > 0 and discount_amount > 0 then 1 end
        ) as discounted_lines,
        sum(quantity) as quantity,
        sum(list_amount) as list_amount,
        sum(discount_amount) as discount_amount,
        sum(net_amount) as net_amount,
        sum(case when is_return then 0 else net_amount end) as sold_amount,
        sum(kept_amount) as kept_amount,
        max(case when not is_return then ordered_at end) as last_ordered_at
    from {{ ref("int_behaviour__order_lines") }}
    where
        profile_id is not null
        and category is not null
        and not is_cancelled
    group by profile_id, category, ordered_date

),

{%- set parts = {
    "seen": ["sessions", "product_views", "cart_adds", "wishlist_adds", "engaged_seconds"],
    "searched": ["searches"],
    "bought": measures[6:],
} %}

unioned as (

    {% for part, own in parts.items() -%}
        select
            profile_id,
            category,
            activity_date,
            {% for measure in measures -%}
                {{ measure if measure in own else "0 as " ~ measure }},
            {% endfor -%}
            {{ "last_ordered_at" if part == "bought" else "cast(null as timestamp)" }}
                as last_ordered_at
        from {{ part }}
        {{ "union all" if not loop.last }}
    {% endfor %}

),

category_days as (

    select
        profile_id,
        category,
        activity_date,
        {% for measure in measures -%}
            sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        max(last_ordered_at) as last_ordered_at
    from unioned
    group by profile_id, category, activity_date

)

select
    cast(profile_id as string) as profile_id,
    cast(category as string) as category,
    cast(sessions as integer) as sessions,
    cast(product_views as integer) as product_views,
    cast(cart_adds as integer) as cart_adds,
    cast(wishlist_adds as integer) as wishlist_adds,
    cast(coalesce(engaged_seconds, 0) as decimal(18, 2)) as engaged_seconds,
    cast(searches as integer) as searches,
    cast(orders as integer) as orders,
    cast(line_count as integer) as line_count,
    cast(kept_lines as integer) as kept_lines,
    cast(discounted_lines as integer) as discounted_lines,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(list_amount as decimal(18, 2)) as list_amount,
    cast(discount_amount as decimal(18, 2)) as discount_amount,
    cast(net_amount as decimal(18, 2)) as net_amount,
    cast(sold_amount as decimal(18, 2)) as sold_amount,
    cast(kept_amount as decimal(18, 2)) as kept_amount,
    cast(activity_date as date) as activity_date,
    cast(last_ordered_at as timestamp) as last_ordered_at
from category_days
