with

behaviour as (

    select * from {{ ref("int_member_value__behaviour") }}

),

scale as (

    {{ read_parameters(
        ref("member_value_parameters"),
        "member_value_score",
        member_value_scale() + ["usual_order_amount"],
    ) }}

),

tiers as (

    select * from {{ ref("int_member_value__tiers") }}

),

pointed as (

    select
        behaviour.*,
        {% for group in ["amount", "frequency", "interaction", "reputation"] -%}
            {{ member_value_points("behaviour", group) }} as {{ group }}_points,
        {% endfor -%}
        {{ member_value_points("behaviour") }} as exact_score,
        coalesce(
            behaviour.amount / nullif(cast(behaviour.kept_orders as double), 0),
            scale.usual_order_amount
        ) as order_amount
    from behaviour
    cross join scale

),

-- whole points; a hair's breadth below is rounding of the engine, not of the customer
scored as (

    select
        *,
        cast(floor(exact_score + 0.000001) as integer) as member_value_score
    from pointed

)

select
    cast(scored.one_id as string) as one_id,
    cast(tiers.level_code as string) as level_code,
    cast(tiers.next_level_code as string) as next_level_code,
    cast(scored.member_value_score as integer) as member_value_score,
    cast(scored.exact_score as double) as exact_score,
    cast(scored.amount_points as double) as amount_points,
    cast(scored.frequency_points as double) as frequency_points,
    cast(scored.interaction_points as double) as interaction_points,
    cast(scored.reputation_points as double) as reputation_points,
    cast(tiers.score_below as integer) as next_level_from,
    cast(scored.amount as decimal(28, 4)) as amount,
    cast(scored.purchases as bigint) as purchases,
    cast(scored.kept_orders as bigint) as kept_orders,
    cast(scored.login_days as bigint) as login_days,
    cast(scored.responses as bigint) as responses,
    cast(scored.verified_reviews as bigint) as verified_reviews,
    cast(scored.kept_order_share as double) as kept_order_share,
    cast(scored.good_standing as double) as good_standing,
    cast(scored.order_amount as double) as order_amount,
    cast(tiers.is_top_programme as boolean) as is_top_programme,
    cast(scored.is_reseller_suspect as boolean) as is_reseller_suspect
from scored
left join tiers
    on
        scored.member_value_score >= tiers.score_from
        and (tiers.score_below is null or scored.member_value_score < tiers.score_below)
