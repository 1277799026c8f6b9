{#-
    Products that customers looked at or put into the cart lately, and whether they have bought
    them, or taken them out of the cart, since. Only the visits of the window are read.
-#}
{%- set window_days = [var("interest_window_days"), var("cart_open_days")] | max -%}
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

interests as (

    select
        interests.*,
        {{ days_between("interests.activity_date", "as_of.as_of_date") }} as days_ago
    from {{ ref("int_behaviour__session_interests") }} as interests
    cross join as_of
    where
        interests.activity_date > {{ add_days("as_of.as_of_date", -window_days) }}
        and interests.product_id is not null
        and (
            interests.product_views > 0
            or interests.cart_adds > 0
            or interests.last_removed_at is not null
        )

),

seen as (

    select
        customer_profiles.one_id,
        interests.product_id,
        sum(
            case
                when interests.days_ago < {{ var("interest_window_days") }}
                    then interests.product_views
                else 0
            end
        ) as product_views,
        min(
            case
                when interests.days_ago < {{ var("interest_window_days") }}
                    then interests.first_viewed_at
            end
        ) as first_viewed_at,
        max(
            case
                when interests.product_views > 0 then interests.activity_date
            end
        ) as last_viewed_date,
        max(
            case
                when interests.days_ago < {{ var("cart_open_days") }}
                    then interests.last_added_at
            end
        ) as last_added_at,
        max(interests.last_removed_at) as last_removed_at
    from interests
    inner join customer_profiles
        on interests.profile_id = customer_profiles.profile_id
    group by customer_profiles.one_id, interests.product_id
    having sum(interests.product_views) > 0 or sum(interests.cart_adds) > 0

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
        and coalesce(bought.last_bought_at < seen.last_added_at, true)
        and coalesce(seen.last_removed_at < seen.last_added_at, true) as boolean
    ) as is_in_open_cart,
    cast(seen.last_viewed_date as date) as last_viewed_date,
    cast({{ business_date("seen.last_added_at") }} as date) as last_added_date
from seen
left join bought
    on
        seen.one_id = bought.one_id
        and seen.product_id = bought.product_id
