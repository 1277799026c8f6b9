{#- What each visit was about, counted once for products, brands and categories alike. -#}
{%- set key = ["visitor_key", "session_number"] -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_behaviour__session_events"), key) }}
    union all
    {{ change_log.keys_from(ref("int_behaviour__web_sessions"), key) }}
{% endcall -%}
with

-- the page of a search names no product
events as (

    select
        visitor_key,
        session_number,
        event_type,
        engaged_seconds,
        occurred_at,
        case when event_type <> 'product_searched' then product_id end as product_id,
        case when event_type <> 'product_searched' then brand end as brand,
        case when event_type <> 'product_searched' then category end as category,
        case when event_type = 'product_searched' then lower(search_query) end as search_query
    from {{ ref("int_behaviour__session_events") }}
    where
        event_type in (
            'product_viewed', 'product_added', 'product_removed', 'product_wishlisted',
            'product_searched'
        )
    {{ change_log.only_changed("and", key) }}

),

sessions as (

    select
        visitor_key,
        session_number,
        profile_id,
        started_date
    from {{ ref("int_behaviour__web_sessions") }}
    where
        profile_id is not null
    {{ change_log.only_changed("and", key) }}

),

interests as (

    select
        visitor_key,
        session_number,
        product_id,
        brand,
        category,
        search_query,
        count(case when event_type = 'product_viewed' then 1 end) as product_views,
        count(case when event_type = 'product_added' then 1 end) as cart_adds,
        count(case when event_type = 'product_wishlisted' then 1 end) as wishlist_adds,
        count(case when event_type = 'product_searched' then 1 end) as searches,
        sum(case when event_type = 'product_viewed' then engaged_seconds end) as engaged_seconds,
        min(case when event_type = 'product_viewed' then occurred_at end) as first_viewed_at,
        max(case when event_type = 'product_added' then occurred_at end) as last_added_at,
        max(case when event_type = 'product_removed' then occurred_at end) as last_removed_at
    from events
    where coalesce(product_id, brand, category, search_query) is not null
    group by visitor_key, session_number, product_id, brand, category, search_query

)

select
    cast(interests.visitor_key as string) as visitor_key,
    cast(interests.session_number as integer) as session_number,
    cast(sessions.profile_id as string) as profile_id,
    cast(interests.product_id as string) as product_id,
    cast(interests.brand as string) as brand,
    cast(interests.category as string) as category,
    cast(interests.search_query as string) as search_query,
    cast(interests.product_views as integer) as product_views,
    cast(interests.cart_adds as integer) as cart_adds,
    cast(interests.wishlist_adds as integer) as wishlist_adds,
    cast(interests.searches as integer) as searches,
    cast(coalesce(interests.engaged_seconds, 0) as decimal(18, 2)) as engaged_seconds,
    cast(sessions.started_date as date) as activity_date,
    cast(interests.first_viewed_at as timestamp) as first_viewed_at,
    cast(interests.last_added_at as timestamp) as last_added_at,
    cast(interests.last_removed_at as timestamp) as last_removed_at
from interests
inner join sessions
    on
        interests.visitor_key = sessions.visitor_key
        and interests.session_number = sessions.session_number
