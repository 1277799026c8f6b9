{%- set actions = {
    "buy_again": "orders_to_next_tier",
    "spend_more": "amount_to_next_tier",
    "write_review": "reviews_to_next_tier",
    "sign_in": "sign_in_days_to_next_tier",
} -%}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

scores as (

    select * from {{ ref("int_member_value__scores") }}

),

tiers as (

    select * from {{ ref("int_member_value__tiers") }}

),

action_names as (

    select * from {{ ref("member_value_actions") }}

),

actions as (

    select
        one_id,
        {% for action, column in actions.items() -%}
            max(case when action_code = '{{ action }}' then units end) as {{ column }},
        {% endfor -%}
        max(case when action_position = 1 then action_code end) as action_code,
        max(case when action_position = 1 then units end) as units,
        max(case when action_position = 1 then effort end) as effort
    from {{ ref("int_member_value__actions") }}
    group by one_id

)

select
    cast(scores.one_id as string) as one_id,
    cast(scores.level_code as string) as member_value_tier,
    cast(tiers.name_en as string) as member_value_tier_name_en,
    cast(tiers.name_zh as string) as member_value_tier_name_zh,
    cast(scores.next_level_code as string) as next_tier,
    cast(actions.action_code as string) as next_action,
    cast(action_names.name_en as string) as next_action_name_en,
    cast(action_names.name_zh as string) as next_action_name_zh,
    cast(scores.member_value_score as integer) as member_value_score,
    {% for group in ["amount", "frequency", "interaction", "reputation"] -%}
        {{ rounded("scores." ~ group ~ "_points", 9, 2) }} as {{ group }}_points,
    {% endfor -%}
    cast(scores.amount as decimal(18, 2)) as amount_in_window,
    cast(scores.purchases as bigint) as orders_in_window,
    cast(scores.login_days as bigint) as login_days_in_window,
    cast(scores.responses as bigint) as responses_in_window,
    cast(scores.verified_reviews as bigint) as verified_reviews_in_window,
    {{ rounded("scores.kept_order_share", 5, 4) }} as kept_order_share,
    cast(scores.next_level_from - scores.member_value_score as integer)
        as points_to_next_tier,
    cast(actions.units as bigint) as next_action_units,
    {{ rounded("actions.effort", 9, 4) }} as next_action_effort,
    {% for column in actions.values() -%}
        cast(actions.{{ column }} as bigint) as {{ column }},
    {% endfor -%}
    cast(scores.is_top_programme as boolean) as is_top_programme,
    cast(scores.is_reseller_suspect as boolean) as has_sign_of_abuse,
    cast(as_of.as_of_date as date) as as_of_date
from scores
left join tiers
    on scores.level_code = tiers.level_code
left join actions
    on scores.one_id = actions.one_id
left join action_names
    on actions.action_code = action_names.action_code
cross join as_of
