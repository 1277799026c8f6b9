{{ config(group="tags") }}

-- The action proposed, done as often as it says, brings the customer to the next tier by the
-- formula of the score; done once less, it does not.
with

scores as (

    select * from {{ ref("int_tags__member_value_scores") }}

),

scale as (

    select * from {{ ref("int_tags__member_value_scale") }}

),

actions as (

    select * from {{ ref("int_tags__member_value_actions") }}

),

tries as (

    select 0 as units_less
    union all
    select 1 as units_less

),

{% set units = "(actions.units - tries.units_less)" -%}
{%- set orders_more -%}
    case when actions.action_code = 'buy_again' then {{ units }} else 0 end
{%- endset -%}

applied as (

    select
        scores.one_id,
        scores.next_level_from,
        actions.action_code,
        actions.units,
        tries.units_less,
        scores.amount
        + case when actions.action_code = 'spend_more' then {{ units }} else 0 end
        + scores.order_amount * {{ orders_more }} as amount,
        scores.purchases + {{ orders_more }} as purchases,
        scores.login_days
        + case when actions.action_code = 'sign_in' then {{ units }} else 0 end as login_days,
        scores.responses,
        scores.verified_reviews
        + case when actions.action_code = 'write_review' then {{ units }} else 0 end
            as verified_reviews,
        (scores.kept_orders + {{ orders_more }})
        / nullif(cast(scores.purchases + {{ orders_more }} as double), 0) as kept_order_share,
        case
            when scores.purchases + {{ orders_more }} > 0
                then case when scores.is_reseller_suspect then 0 else 1 end
        end as good_standing
    from actions
    inner join scores
        on actions.one_id = scores.one_id
    cross join tries

),

reached as (

    select
        applied.*,
        floor({{ member_value_points("applied") }} + 0.000001) >= applied.next_level_from
            as is_reached
    from applied
    cross join scale

)

select *
from reached
where is_reached <> (units_less = 0)
