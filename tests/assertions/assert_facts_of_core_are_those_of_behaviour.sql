-- A view of core shows each row of its behaviour table once, with the customer that the bridge
-- gives to its profile: as many rows, as many of each customer's, and none of another's.
with

{% set facts = {
    "orders": "int_behaviour__orders",
    "order_lines": "int_behaviour__order_lines",
    "web_sessions": "int_behaviour__web_sessions",
    "touches": "int_behaviour__touches",
    "community_posts": "int_behaviour__posts",
    "shares": "int_behaviour__shares",
} -%}
bridge as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

of_behaviour as (

    {% for view, behaviour in facts.items() -%}
        select
            '{{ view }}' as fact,
            coalesce(profile_id, '') as profile_id,
            count(*) as row_count
        from {{ ref(behaviour) }}
        group by profile_id
        {{ "union all" if not loop.last }}
    {% endfor %}

),

of_core as (

    {% for view in facts -%}
        select
            '{{ view }}' as fact,
            coalesce(profile_id, '') as profile_id,
            one_id,
            count(*) as row_count
        from {{ ref(view) }}
        group by profile_id, one_id
        {{ "union all" if not loop.last }}
    {% endfor %}

),

compared as (

    select
        coalesce(of_behaviour.fact, of_core.fact) as fact,
        coalesce(of_behaviour.profile_id, of_core.profile_id) as profile_id,
        of_core.one_id,
        bridge.one_id as one_id_of_profile,
        coalesce(of_behaviour.row_count, 0) as behaviour_rows,
        coalesce(of_core.row_count, 0) as core_rows
    from of_behaviour
    full outer join of_core
        on of_behaviour.fact = of_core.fact and of_behaviour.profile_id = of_core.profile_id
    left join bridge
        on coalesce(of_behaviour.profile_id, of_core.profile_id) = bridge.profile_id

)

select *
from compared
where
    behaviour_rows <> core_rows
    or coalesce(one_id, '') <> coalesce(one_id_of_profile, '')
