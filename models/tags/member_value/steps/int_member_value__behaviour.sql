{#- Twelve months of what the member value score looks at, per customer. -#}
{%- set window_days = var("member_value_window_days") -%}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select
        one_id,
        is_identified
    from {{ ref("customers") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

profile_days as (

    select
        customer_profiles.one_id,
        profile_days.activity_date,
        profile_days.orders,
        profile_days.kept_orders,
        profile_days.kept_amount,
        profile_days.signed_in_sessions,
        profile_days.opened_touches
    from {{ ref("int_behaviour__profile_days") }} as profile_days
    inner join customer_profiles
        on profile_days.profile_id = customer_profiles.profile_id
    cross join as_of
    where
        profile_days.activity_date > {{ add_days("as_of.as_of_date", -window_days) }}

),

totals as (

    select
        one_id,
        greatest(sum(kept_amount), 0) as amount,
        sum(orders) as purchases,
        sum(kept_orders) as kept_orders,
        count(distinct case when signed_in_sessions > 0 then activity_date end) as login_days,
        sum(opened_touches) as responses
    from profile_days
    group by one_id

),

-- a review of something bought, as the shop has verified
reviews as (

    select
        touches.one_id,
        count(*) as verified_reviews
    from {{ ref("touches") }} as touches
    inner join {{ ref("input_reviews") }} as reviews
        on touches.touch_id = reviews.source_system || '-review-' || reviews.review_id
    cross join as_of
    where
        touches.touch_type = 'review'
        and touches.one_id is not null
        and reviews.is_verified
        and touches.touched_date > {{ add_days("as_of.as_of_date", -window_days) }}
    group by touches.one_id

),

suspects as (

    select one_id from {{ ref("tag_rfm") }}
    where is_reseller_suspect

),

-- a browser cookie is a customer only once it has bought
behaviour as (

    select
        totals.one_id,
        totals.amount,
        totals.purchases,
        totals.kept_orders,
        totals.login_days,
        totals.responses,
        coalesce(reviews.verified_reviews, 0) as verified_reviews,
        suspects.one_id is not null as is_reseller_suspect
    from totals
    inner join customers
        on totals.one_id = customers.one_id
    left join reviews
        on totals.one_id = reviews.one_id
    left join suspects
        on totals.one_id = suspects.one_id
    where customers.is_identified or totals.purchases > 0

)

select
    cast(one_id as string) as one_id,
    cast(amount as decimal(28, 4)) as amount,
    cast(purchases as bigint) as purchases,
    cast(kept_orders as bigint) as kept_orders,
    cast(login_days as bigint) as login_days,
    cast(responses as bigint) as responses,
    cast(verified_reviews as bigint) as verified_reviews,
    -- least() would make 1 of nothing
    cast(
        case when purchases > 0 then least(kept_orders / cast(purchases as double), 1) end
        as double
    ) as kept_order_share,
    cast(
        case when purchases > 0 then case when is_reseller_suspect then 0 else 1 end end
        as double
    ) as good_standing,
    cast(is_reseller_suspect as boolean) as is_reseller_suspect
from behaviour
