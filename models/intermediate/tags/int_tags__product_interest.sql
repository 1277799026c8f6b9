{#-
    Products that customers looked at, favoured or put into the cart lately, and whether they
    have bought them since. Only the events of the window are touched, and they are counted
    per visit before they meet a profile.
-#}
{%- set window_days = [setting("interest_window_days"), setting("cart_open_days")] | max -%}
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

session_days as (

    select
        session_days.visitor_key,
        session_days.session_number,
        session_days.profile_id,
        session_days.activity_date,
        {{ days_between("session_days.activity_date", "as_of.as_of_date") }} as days_ago
    from {{ ref("int_behaviour__session_days") }} as session_days
    cross join as_of
    where
        session_days.activity_date > {{ add_days("as_of.as_of_date", -window_days) }}

),

session_products as (

    select
        events.visitor_key,
        events.session_number,
        events.product_id,
        count(case when events.event_type = 'product_viewed' then 1 end) as product_views,
        min(case when events.event_type = 'product_viewed' then events.occurred_at end)
            as first_viewed_at,
        max(case when events.event_type = 'product_added' then events.occurred_at end)
            as last_added_at
    from {{ ref("int_behaviour__session_events") }} as events
    cross join as_of
    where
        -- a visit may begin on the day before
        events.occurred_at
        >= cast({{ add_days("as_of.as_of_date", -window_days - 2) }} as timestamp)
        and events.event_type in ('product_viewed', 'product_added')
        and events.product_id is not null
    group by events.visitor_key, events.session_number, events.product_id

),

seen as (

    select
        customer_profiles.one_id,
        session_products.product_id,
        sum(
            case
                when session_days.days_ago < {{ setting("interest_window_days") }}
                    then session_products.product_views
                else 0
            end
        ) as product_views,
        min(
            case
                when session_days.days_ago < {{ setting("interest_window_days") }}
                    then session_products.first_viewed_at
            end
        ) as first_viewed_at,
        max(
            case
                when session_products.product_views > 0 then session_days.activity_date
            end
        ) as last_viewed_on,
        max(
            case
                when session_days.days_ago < {{ setting("cart_open_days") }}
                    then session_products.last_added_at
            end
        ) as last_added_at
    from session_products
    inner join session_days
        on
            session_products.visitor_key = session_days.visitor_key
            and session_products.session_number = session_days.session_number
    inner join customer_profiles
        on session_days.profile_id = customer_profiles.profile_id
    group by customer_profiles.one_id, session_products.product_id

),

bought as (

    select
        order_lines.one_id,
        order_lines.product_id,
        max(order_lines.ordered_at) as last_bought_at
    from {{ ref("order_lines") }} as order_lines
    cross join as_of
    where
        order_lines.one_id is not null
        and not order_lines.is_return
        and not order_lines.is_cancelled
        and order_lines.ordered_date > {{ add_days("as_of.as_of_date", -window_days) }}
    group by order_lines.one_id, order_lines.product_id

)

select
    cast(seen.one_id as string) as one_id,
    cast(seen.product_id as string) as product_id,
    cast(seen.product_views as integer) as product_views,
    cast(
        seen.first_viewed_at is not null
        and coalesce(bought.last_bought_at < seen.first_viewed_at, true) as boolean
    ) as is_viewed_unbought,
    cast(
        seen.last_added_at is not null
        and coalesce(bought.last_bought_at < seen.last_added_at, true) as boolean
    ) as is_in_open_cart,
    cast(seen.last_viewed_on as date) as last_viewed_on,
    cast({{ business_date("seen.last_added_at") }} as date) as last_added_on
from seen
left join bought
    on
        seen.one_id = bought.one_id
        and seen.product_id = bought.product_id
