{#-
    What each profile did with each category on each day, as int_behaviour__brand_days
    does it for brands. A category is searched for when the query holds its name or that
    of one of its subcategories; queries are matched once per distinct query.
-#}
{%- set session_measures = [
    "sessions", "product_views", "cart_adds", "wishlist_adds", "engaged_seconds",
] -%}
{%- set order_measures = [
    "orders", "line_count", "kept_lines", "discounted_lines", "quantity", "list_amount",
    "discount_amount", "net_amount", "sold_amount", "kept_amount",
] -%}
{%- set words = ["category", "subcategory"] -%}
{%- set parts = ["session_days", "search_days", "order_days"] -%}
{%- set key = ["profile_id", "activity_date"] -%}
{%- set bought_date = ["profile_id", "ordered_date"] -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_behaviour__session_interests"), key) }}
    union all
    {{ change_log.keys_from(ref("int_behaviour__order_lines"), bought_date) }}
    union all
    {{ days_of_changed_products("category", words) }}
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
        category,
        subcategory
    from {{ ref("int_behaviour__products") }}
    where category is not null

),

category_words as (

    {{ product_words("products", "category", words) }}

),

session_categories as (

    select
        interests.profile_id,
        coalesce(products.category, interests.category) as category,
        interests.activity_date,
        1 as sessions,
        sum(interests.product_views) as product_views,
        sum(interests.cart_adds) as cart_adds,
        sum(interests.wishlist_adds) as wishlist_adds,
        sum(interests.engaged_seconds) as engaged_seconds
    from interests
    left join products
        on interests.product_id = products.product_id
    where coalesce(products.category, interests.category) is not null
    group by
        interests.profile_id,
        coalesce(products.category, interests.category),
        interests.activity_date,
        interests.visitor_key,
        interests.session_number

),

query_categories as (

    select distinct
        queries.search_query,
        category_words.name as category
    from (select distinct search_query from interests) as queries
    inner join category_words
        on position(category_words.word_in_query in queries.search_query) > 0

),

searched_categories as (

    select
        interests.profile_id,
        query_categories.category,
        interests.activity_date,
        interests.searches
    from interests
    inner join query_categories
        on interests.search_query = query_categories.search_query

),

order_categories as (

    select
        profile_id,
        category,
        ordered_date as activity_date,
        max(case when not is_return then 1 else 0 end) as orders,
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
    {{ change_log.only_changed("and", bought_date) }}
    group by profile_id, category, ordered_date, order_id

),

session_days as (

    select
        profile_id,
        category,
        {% for measure in session_measures -%}
            sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        activity_date
    from session_categories
    group by profile_id, category, activity_date

),

search_days as (

    select
        profile_id,
        category,
        activity_date,
        sum(searches) as searches
    from searched_categories
    group by profile_id, category, activity_date

),

order_days as (

    select
        profile_id,
        category,
        activity_date,
        {% for measure in order_measures -%}
            sum({{ measure }}) as {{ measure }},
        {% endfor -%}
        max(last_ordered_at) as last_ordered_at
    from order_categories
    group by profile_id, category, activity_date

),

category_days as (

    select
        {{ key_of_parts(parts, "profile_id") }} as profile_id,
        {{ key_of_parts(parts, "category") }} as category,
        {{ key_of_parts(parts, "activity_date") }} as activity_date,
        {% for measure in session_measures -%}
            coalesce(session_days.{{ measure }}, 0) as {{ measure }},
        {% endfor -%}
        {% for measure in order_measures -%}
            coalesce(order_days.{{ measure }}, 0) as {{ measure }},
        {% endfor -%}
        coalesce(search_days.searches, 0) as searches,
        order_days.last_ordered_at
    from {{ joined_parts(parts, ["profile_id", "category", "activity_date"]) }}

)

select
    cast(profile_id as string) as profile_id,
    cast(category as string) as category,
    cast(sessions as integer) as sessions,
    cast(product_views as integer) as product_views,
    cast(cart_adds as integer) as cart_adds,
    cast(wishlist_adds as integer) as wishlist_adds,
    cast(engaged_seconds as decimal(18, 2)) as engaged_seconds,
    cast(searches as integer) as searches,
    cast(orders as integer) as orders,
    cast(line_count as integer) as line_count,
    cast(kept_lines as integer) as kept_lines,
    cast(discounted_lines as integer) as discounted_lines,
    cast(quantity as decimal(18, 3)) as quantity,
    cast(list_amount as decimal(28, 4)) as list_amount,
    cast(discount_amount as decimal(28, 4)) as discount_amount,
    cast(net_amount as decimal(28, 4)) as net_amount,
    cast(sold_amount as decimal(28, 4)) as sold_amount,
    cast(kept_amount as decimal(28, 4)) as kept_amount,
    cast(activity_date as date) as activity_date,
    cast(last_ordered_at as timestamp) as last_ordered_at
from category_days
