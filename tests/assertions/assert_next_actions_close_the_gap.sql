{{ config(severity="warn", group="tags") }}

-- The action proposed, done as often as it says, brings the customer to the next tier; done once
-- less, it does not; not done at all, it leaves the score as it is. Judged by the formula of the
-- score written out here once more, on the caps and points of the scale.
with

scores as (

    select * from {{ ref("int_member_value__scores") }}

),

scale as (

    {{ read_parameters(
        ref("member_value_parameters"), "member_value_score", member_value_scale()
    ) }}

),

actions as (

    select * from {{ ref("int_member_value__actions") }}

),

tries as (

    select
        one_id,
        action_code,
        units,
        units as units_done
    from actions
    union all
    select
        one_id,
        action_code,
        units,
        units - 1 as units_done
    from actions
    union all
    select
        one_id,
        'none' as action_code,
        1 as units,
        0 as units_done
    from scores

),

done as (

    select
        scores.one_id,
        scores.member_value_score,
        scores.next_level_from,
        tries.action_code,
        tries.units,
        tries.units_done,
        scores.responses,
        scores.is_reseller_suspect,
        scores.amount
        + case tries.action_code
            when 'spend_more' then tries.units_done
            when 'buy_again' then tries.units_done * scores.order_amount
            else 0
        end as amount,
        scores.purchases
        + case when tries.action_code = 'buy_again' then tries.units_done else 0 end as purchases,
        scores.kept_orders
        + case when tries.action_code = 'buy_again' then tries.units_done else 0 end as kept_orders,
        scores.login_days
        + case when tries.action_code = 'sign_in' then tries.units_done else 0 end as login_days,
        scores.verified_reviews
        + case when tries.action_code = 'write_review' then tries.units_done else 0 end
            as verified_reviews
    from tries
    inner join scores on tries.one_id = scores.one_id

),

pointed as (

    select
        done.*,
        scale.amount_points
        * coalesce(sqrt(least(done.amount, scale.amount_cap) / nullif(scale.amount_cap, 0)), 0)
        + scale.purchases_points
        * coalesce(
            sqrt(least(done.purchases, scale.purchases_cap) / nullif(scale.purchases_cap, 0)), 0
        )
        + scale.login_days_points
        * coalesce(
            sqrt(least(done.login_days, scale.login_days_cap) / nullif(scale.login_days_cap, 0)), 0
        )
        + scale.responses_points
        * coalesce(
            sqrt(least(done.responses, scale.responses_cap) / nullif(scale.responses_cap, 0)), 0
        )
        + scale.verified_reviews_points
        * coalesce(
            sqrt(
                least(done.verified_reviews, scale.verified_reviews_cap)
                / nullif(scale.verified_reviews_cap, 0)
            ),
            0
        )
        + case
            when done.purchases > 0
                then
                    scale.kept_order_share_points * done.kept_orders / done.purchases
                    + case when done.is_reseller_suspect then 0 else scale.good_standing_points end
            else 0
        end as points
    from done
    cross join scale

),

reached as (

    select
        *,
        cast(floor(points + 0.000001) as integer) as score
    from pointed

)

select *
from reached
where
    case units_done
        when units then score < next_level_from
        when 0 then score <> member_value_score or score >= next_level_from
        else score >= next_level_from
    end
