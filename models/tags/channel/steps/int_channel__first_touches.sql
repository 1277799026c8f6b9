{#-
    The first time each source saw a customer, in the order in which they are believed when
    several first saw the customer on one day: a visit has its origin, a joining
    form what was ticked on it, an order only where it was placed.
-#}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

sessions as (

    select
        one_id,
        coalesce(utm_source, 'direct') as came_from,
        started_at as touched_at
    from {{ ref("web_sessions") }}
    where one_id is not null

),

people as (

    select
        {{ profile_id("source_system", "record_type", "natural_key") }} as profile_id,
        record_type,
        join_channel,
        registered_at
    from {{ ref("input_people") }}
    where record_type = 'user' or join_channel is not null

),

members as (

    select
        customer_profiles.one_id,
        members.join_channel as came_from,
        members.registered_at as touched_at
    from people as members
    inner join customer_profiles
        on members.profile_id = customer_profiles.profile_id
    cross join as_of
    where members.join_channel is not null and members.registered_at <= as_of.as_of_at

),

followers as (

    select
        customer_profiles.one_id,
        'wechat' as came_from,
        people.registered_at as touched_at
    from people
    inner join customer_profiles
        on people.profile_id = customer_profiles.profile_id
    cross join as_of
    where people.record_type = 'user' and people.registered_at <= as_of.as_of_at

),

orders as (

    select
        one_id,
        case channel when 'pos' then 'store' else channel end as came_from,
        ordered_at as touched_at
    from {{ ref("orders") }}
    where one_id is not null and not is_return and not is_cancelled

),

{% set sources = {
    "sessions": "web_session",
    "members": "member_join",
    "followers": "wechat_follow",
    "orders": "first_order",
} -%}

{% for source in sources -%}
    first_{{ source }} as (

        select
            one_id,
            min(touched_at) as touched_at
        from {{ source }}
        group by one_id

    ),

{% endfor -%}

unioned as (

    {% for source, code in sources.items() -%}
        select
            firsts.one_id,
            '{{ code }}' as touch_source,
            {{ loop.index }} as precedence,
            min({{ source }}.came_from) as came_from,
            firsts.touched_at
        from first_{{ source }} as firsts
        inner join {{ source }}
            on
                firsts.one_id = {{ source }}.one_id
                and firsts.touched_at = {{ source }}.touched_at
        group by firsts.one_id, firsts.touched_at
        {{ "union all" if not loop.last }}
    {% endfor %}

),

first_touches as (

    select
        *,
        {{ business_date("touched_at") }} as touched_date
    from unioned

)

select
    cast(one_id as string) as one_id,
    cast(touch_source as string) as touch_source,
    cast(came_from as string) as came_from,
    cast(row_number() over (
        partition by one_id order by touched_date asc, precedence asc
    ) as integer) as touch_position,
    cast(touched_date as date) as touched_date
from first_touches
