with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select
        one_id,
        is_identified,
        birth_date,
        {{ business_date("registered_at") }} as registered_date
    from {{ ref("customers") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

orders as (

    select
        order_id,
        one_id,
        channel,
        is_return,
        ordered_date,
        ordered_at
    from {{ ref("orders") }}
    where one_id is not null and not is_cancelled

),

first_channels as (

    select
        one_id,
        channel,
        min(ordered_date) as ordered_date,
        min(ordered_at) as ordered_at
    from orders
    where not is_return
    group by one_id, channel

),

ranked_channels as (

    select
        *,
        row_number() over (partition by one_id order by ordered_at, channel) as place
    from first_channels

),

first_orders as (

    select
        one_id,
        'first_order' as moment_type,
        channel as moment_key,
        ordered_date as moment_date
    from ranked_channels
    where place = 1

),

-- a browser cookie is a customer only once it has bought
known_customers as (

    select one_id from customers
    where is_identified

    union

    select one_id from first_orders

),

first_categories as (

    select
        customer_profiles.one_id,
        'first_category' as moment_type,
        category_days.category as moment_key,
        min(category_days.activity_date) as moment_date
    from {{ ref("int_behaviour__category_days") }} as category_days
    inner join customer_profiles on category_days.profile_id = customer_profiles.profile_id
    where category_days.orders > 0
    group by customer_profiles.one_id, category_days.category

),

-- an objection by command is of another day than those of the data
consents as (

    select * from {{ ref("customer_consents") }}
    where basis <> 'objection'

),

follows as (

    select * from {{ ref("int_tags__wechat_follows") }}

),

lifecycles as (

    select
        one_id,
        repurchase_closes_date
    from {{ ref("tag_lifecycle") }}
    where repurchase_closes_date < as_of_date

),

drops as (

    select * from {{ ref("int_moments__drops") }}

),

tickets as (

    select
        one_id,
        coalesce(topic, 'unknown') as topic,
        opened_date
    from {{ ref("int_moments__tickets") }}
    where is_complaint
    group by one_id, coalesce(topic, 'unknown'), opened_date

),

-- the year of the as-of date's anniversary, or the next where that has passed; one of
-- 29 February falls on the 28th in common years
yearly as (

    select
        one_id,
        'birthday' as moment_type,
        birth_date as started_date
    from customers
    where birth_date is not null

    union all

    select
        one_id,
        'joining_anniversary' as moment_type,
        registered_date as started_date
    from customers
    where registered_date is not null

),

dated_years as (

    select
        yearly.*,
        as_of.as_of_date,
        extract(year from as_of.as_of_date) - extract(year from yearly.started_date) as years
    from yearly
    cross join as_of
    where yearly.started_date <= as_of.as_of_date

),

this_year as (

    select
        *,
        {{ add_months("started_date", "12 * years") }} as this_year_date
    from dated_years

),

coming as (

    select
        one_id,
        moment_type,
        years + case when this_year_date < as_of_date or years = 0 then 1 else 0 end
            as coming_years,
        started_date
    from this_year

),

moments as (

    select * from first_orders

    union all

    select
        one_id,
        'first_channel' as moment_type,
        channel as moment_key,
        ordered_date as moment_date
    from first_channels

    union all

    select * from first_categories

    union all

    select
        one_id,
        'first_wechat_follow' as moment_type,
        'wechat' as moment_key,
        {{ business_date("first_followed_at") }} as moment_date
    from follows
    where first_followed_at is not null

    union all

    select
        one_id,
        'first_subscription' as moment_type,
        channel as moment_key,
        {{ business_date("first_granted_at") }} as moment_date
    from consents
    where first_granted_at is not null

    union all

    select
        one_id,
        'cycle_exceeded' as moment_type,
        'purchase_cycle' as moment_key,
        {{ add_days("repurchase_closes_date", 1) }} as moment_date
    from lifecycles

    {% for drop, score in {
        "spend_dropped": "least(drops.purchases_z, drops.amounts_z)",
        "visits_dropped": "drops.visits_z",
    }.items() -%}
        union all

        select
            drops.one_id,
            '{{ drop }}' as moment_type,
            'own_baseline' as moment_key,
            {{ add_days("as_of.as_of_date", 1 - var("drop_days")) }} as moment_date
        from drops
        cross join as_of
        where {{ score }} <= -{{ var("change_z") }}

    {% endfor -%}
    union all

    select
        one_id,
        'refund' as moment_type,
        {{ keyed_hash("order_id") }} as moment_key,
        ordered_date as moment_date
    from orders
    where is_return

    union all

    select
        one_id,
        'complaint' as moment_type,
        topic as moment_key,
        opened_date as moment_date
    from tickets

    -- a no that was never a yes, on the joining form say, takes nothing back
    union all

    select
        one_id,
        'unsubscription' as moment_type,
        channel as moment_key,
        {{ business_date("changed_at") }} as moment_date
    from consents
    where not is_granted and (first_granted_at is not null or basis = 'unsubscribe')

    union all

    select
        one_id,
        'wechat_unfollow' as moment_type,
        'wechat' as moment_key,
        {{ business_date("last_unfollowed_at") }} as moment_date
    from follows
    where last_unfollowed_at is not null

    union all

    select
        one_id,
        moment_type,
        -- with the day of the next birthday an age is a date of birth
        case
            when moment_type = 'birthday' then 'birthday'
            else cast(cast(coming_years as integer) as string)
        end as moment_key,
        {{ add_months("started_date", "12 * coming_years") }} as moment_date
    from coming

),

types as (

    select * from {{ ref("moment_types") }}

),

customer_moments as (

    select
        moments.*,
        types.moment_group,
        types.name_en,
        types.name_zh,
        as_of.as_of_date,
        {{ days_between("as_of.as_of_date", "moments.moment_date") }} as days_ahead
    from moments
    cross join as_of
    inner join types on moments.moment_type = types.moment_type
    inner join known_customers on moments.one_id = known_customers.one_id
    where
        -- the day of a birthday is personal: it is told when it is near
        moments.moment_type <> 'birthday'
        or {{ days_between("as_of.as_of_date", "moments.moment_date") }} < {{ var("moment_days") }}

)

select
    cast(one_id as string) as one_id,
    cast(moment_type as string) as moment_type,
    cast(name_en as string) as moment_type_name_en,
    cast(name_zh as string) as moment_type_name_zh,
    cast(moment_group as string) as moment_group,
    cast(moment_key as string) as moment_key,
    cast(days_ahead as integer) as days_ahead,
    cast(moment_date as date) as moment_date,
    cast(as_of_date as date) as as_of_date
from customer_moments
