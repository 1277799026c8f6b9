{#-
    Whether a customer buys more or less often than it did: the order days since the first
    one in the window, tested for a trend. Under a steady rate they lie evenly, so their
    mean lies in the middle; the distance from it, in standard errors, is Laplace's statistic
    (Cox and Lewis 1966), and Lewis and Robinson (1974) divide it by the coefficient of
    variation of the gaps, because purchases are more regular than a Poisson process.
-#}
{%- set trend_days = var("lifecycle_trend_days") -%}

with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

order_days as (

    select
        one_id,
        ordered_date
    from {{ ref("int_tags__order_days") }}

),

-- log gaps of one variance are days whose variation is this
population as (

    select sqrt(exp(within_variance) - 1) as gap_variation
    from (
        {{ read_parameters(ref("nes_parameters"), "purchase_cycle_days", ["within_variance"]) }}
    ) as gaps

),

spend_days as (

    select
        one_id,
        ordered_date,
        sum(kept_amount) as kept_amount
    from {{ ref("orders") }}
    where one_id is not null and not is_cancelled
    group by one_id, ordered_date

),

-- a customer is watched from its first order, at the earliest from the window's start
spans as (

    select
        order_days.one_id,
        as_of.as_of_date,
        count(*) as order_days,
        min(order_days.ordered_date) as first_ordered_date,
        max(order_days.ordered_date) as last_ordered_date,
        greatest(
            min(order_days.ordered_date), {{ add_days("as_of.as_of_date", -trend_days) }}
        ) as watched_from
    from order_days
    cross join as_of
    group by order_days.one_id, as_of.as_of_date

),

measured as (

    select
        *,
        {{ days_between("watched_from", "as_of_date") }} as span_days
    from spans

),

places as (

    select
        measured.one_id,
        count(*) as later_order_days,
        avg({{ days_between("measured.watched_from", "order_days.ordered_date") }}) as mean_day
    from measured
    inner join order_days on measured.one_id = order_days.one_id
    where order_days.ordered_date > measured.watched_from
    group by measured.one_id

),

halves as (

    select
        measured.one_id,
        sum(
            case
                when
                    {{ days_between("measured.watched_from", "spend_days.ordered_date") }} * 2
                    <= measured.span_days + 1
                    then spend_days.kept_amount
                else 0
            end
        ) as earlier_amount,
        sum(
            case
                when
                    {{ days_between("measured.watched_from", "spend_days.ordered_date") }} * 2
                    > measured.span_days + 1
                    then spend_days.kept_amount
                else 0
            end
        ) as recent_amount
    from measured
    inner join spend_days on measured.one_id = spend_days.one_id
    where spend_days.ordered_date > measured.watched_from
    group by measured.one_id

),

lifecycle_trends as (

    select
        measured.*,
        coalesce(places.later_order_days, 0) as later_order_days,
        halves.earlier_amount,
        halves.recent_amount,
        -- days 1 to span, each as likely: mean (span + 1) / 2, variance (span² - 1) / 12
        case
            when places.later_order_days >= 4
                then round(
                    (places.mean_day - (measured.span_days + 1) / 2.0)
                    / sqrt(
                        (cast(measured.span_days as double) * measured.span_days - 1)
                        / 12 / places.later_order_days
                    )
                    / population.gap_variation,
                    4
                )
        end as trend_z
    from measured
    cross join population
    left join places on measured.one_id = places.one_id
    left join halves on measured.one_id = halves.one_id

)

select
    cast(one_id as string) as one_id,
    cast(order_days as bigint) as order_days,
    cast(later_order_days as bigint) as later_order_days,
    cast(span_days as integer) as span_days,
    cast(earlier_amount as decimal(28, 4)) as earlier_amount,
    cast(recent_amount as decimal(28, 4)) as recent_amount,
    cast(trend_z as double) as trend_z,
    cast(
        case
            when trend_z is null then null
            when trend_z >= {{ var("change_z") }} then 'rising'
            when trend_z <= -{{ var("change_z") }} then 'falling'
            else 'steady'
        end as string
    ) as trend,
    cast(first_ordered_date as date) as first_ordered_date,
    cast(last_ordered_date as date) as last_ordered_date
from lifecycle_trends
