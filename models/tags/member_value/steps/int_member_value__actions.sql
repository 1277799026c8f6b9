{#-
    How much of one action alone would bring each customer to the next tier, by the formula
    of the score. Spending, reviewing and signing in raise one indicator each and are solved
    for; another order raises orders, amount and the share of orders kept together and is
    tried with one order more each time.
-#}
with

scores as (

    select
        *,
        next_level_from - exact_score as gap
    from {{ ref("int_member_value__scores") }}
    where next_level_from is not null

),

scale as (

    {{ read_parameters(
        ref("member_value_parameters"), "member_value_score", member_value_scale()
    ) }}

),

actions as (

    select * from {{ ref("member_value_actions") }}

),

numbers as (

    {% for number in range(1, member_value_most_orders() + 1) -%}
        select {{ number }} as orders_more
        {{ "union all" if not loop.last }}
    {% endfor %}

),

tried as (

    select
        scores.one_id,
        scores.next_level_from,
        numbers.orders_more,
        scores.amount + numbers.orders_more * scores.order_amount as amount,
        scores.purchases + numbers.orders_more as purchases,
        scores.login_days,
        scores.responses,
        scores.verified_reviews,
        least(
            (scores.kept_orders + numbers.orders_more)
            / cast(scores.purchases + numbers.orders_more as double),
            1
        ) as kept_order_share,
        case when scores.is_reseller_suspect then 0 else 1 end as good_standing
    from scores
    cross join numbers
    inner join actions
        on
            actions.action_code = 'buy_again'
            and numbers.orders_more <= actions.max_units

),

buy_again as (

    select
        tried.one_id,
        min(tried.orders_more) as units
    from tried
    cross join scale
    where floor({{ member_value_points("tried") }} + 0.000001) >= tried.next_level_from
    group by tried.one_id

),

-- money in whole units, the rest by the piece; the hair's breadth of the score is taken off
grown as (

    select
        scores.one_id,
        scores.purchases,
        scores.verified_reviews,
        scores.order_amount,
    {% for action, indicator in member_value_actions().items() if indicator -%}
        ceil({{ growth_for_points(
                "scores." ~ indicator,
                "(scores.gap - 0.000001)",
                "scale." ~ indicator ~ "_points",
                "scale." ~ indicator ~ "_cap",
            ) }}) as {{ action }}
        {{- "," if not loop.last }}
    {% endfor -%}
    from scores
    cross join scale

),

unioned as (

    select
        one_id,
        'buy_again' as action_code,
        units,
        cast(units as double) as effort_units
    from buy_again

    {% for action, indicator in member_value_actions().items() if indicator -%}
        union all

        -- the effort of spending is counted in usual orders
        select
            one_id,
            '{{ action }}' as action_code,
            {{ action }} as units,
            {% if action == "spend_more" -%}
                {{ action }} / nullif(order_amount, 0) as effort_units
            {%- else -%}
                {{ action }} as effort_units
            {%- endif %}
        from grown
        where
            {{ action }} is not null
            {%- if action != "sign_in" %}
            -- more can be spent in an order and a purchase reviewed only by who buys
                and purchases > 0
            {%- endif %}
            {%- if action == "write_review" %}
                and verified_reviews + write_review <= purchases
            {%- endif %}
    {% endfor %}

),

member_value_actions as (

    select
        unioned.*,
        unioned.effort_units * actions.effort_per_unit as effort
    from unioned
    inner join actions
        on unioned.action_code = actions.action_code
    where unioned.effort_units <= actions.max_units

)

select
    cast(one_id as string) as one_id,
    cast(action_code as string) as action_code,
    cast(units as bigint) as units,
    cast(effort as double) as effort,
    cast(row_number() over (
        partition by one_id order by effort asc, action_code asc
    ) as integer) as action_position
from member_value_actions
