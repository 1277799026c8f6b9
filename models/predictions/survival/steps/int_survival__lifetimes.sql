{#-
    How long customers stayed, from 28 days after their first order. Whoever has not ordered for
    more than 90 days by the last fit had left after the last order; the others were still there 90
    days before it. What describes them was known on the 28th day.
-#}
with

fit_dates as (

    select max(fit_date) as fit_date from {{ ref("int_predictions__dates") }}

),

order_days as (

    select
        order_days.one_id,
        order_days.ordered_date,
        order_days.net_amount,
        order_days.item_quantity,
        fit_dates.fit_date,
        min(order_days.ordered_date) over (partition by order_days.one_id) as first_ordered_date
    from {{ ref("int_predictions__order_days") }} as order_days
    inner join fit_dates on order_days.known_date <= fit_dates.fit_date

),

customers as (

    select
        one_id,
        fit_date,
        {{ add_days("first_ordered_date", 28) }} as began_date,
        max(ordered_date) as last_ordered_date,
        count(
            distinct case
                when {{ days_between("first_ordered_date", "ordered_date") }} < 28 then ordered_date
            end
        ) as order_days,
        sum(
            case
                when {{ days_between("first_ordered_date", "ordered_date") }} < 28 then net_amount
                else 0
            end
        ) as net_amount,
        sum(
            case
                when {{ days_between("first_ordered_date", "ordered_date") }} < 28
                    then item_quantity
                else 0
            end
        ) as item_quantity
    from order_days
    group by one_id, fit_date, first_ordered_date

),

watched as (

    select
        *,
        {{ days_between("began_date", add_days("fit_date", -90)) }} as watched_days,
        {{ days_between("last_ordered_date", "fit_date") }} > 90 as has_left,
        row_number() over (order by md5(one_id), one_id) as sample_number
    from customers

),

tiers as (

    select
        one_id,
        card_level
    from {{ ref("customers") }}

)

select
    cast(watched.one_id as string) as one_id,
    cast(coalesce(tiers.card_level, 'none') as string) as card_level,
    cast(
        case
            when watched.has_left
                then greatest(
                    {{ days_between("watched.began_date", "watched.last_ordered_date") }}, 0
                )
            else watched.watched_days
        end
        + 1 as integer
    ) as days,
    cast(ln(watched.order_days) as double) as log_order_days,
    cast(ln(1 + greatest(watched.net_amount, 0)) as double) as log_net_amount,
    cast(ln(1 + greatest(watched.item_quantity, 0)) as double) as log_item_quantity,
    cast(watched.has_left as boolean) as has_left,
    cast(
        watched.sample_number <= {{ var("prediction_sample_customers") }} as boolean
    ) as is_sampled,
    cast(watched.fit_date as date) as fit_date
from watched
left join tiers on watched.one_id = tiers.one_id
where watched.watched_days >= 0
