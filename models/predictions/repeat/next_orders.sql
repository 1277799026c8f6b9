{#-
    When each customer is likely to buy next: of the waiting time that has the probabilities of an
    order within 28 and within 90 days the median, with the days before which one in ten and nine in
    ten buy. A Weibull distribution has two parameters, so it goes through both.
-#}
{%- set longest = 730 -%}
with

scores as (

    select * from {{ ref("int_churn__scores") }}

),

customers as (

    select
        one_id,
        as_of_date,
        max(case when purpose = 'buys_28' then score end) as buys_28,
        max(case when purpose = 'buys_90' then score end) as buys_90,
        max(case when purpose = 'buys_28' then reason end) as reason
    from scores
    group by one_id, as_of_date

),

-- minus the logarithm of the probability that it has not bought by then
hazards as (

    select
        *,
        case when buys_28 > 0 and buys_28 < 1 then -ln(1 - buys_28) end as hazard_28,
        case when buys_90 > 0 and buys_90 < 1 then -ln(1 - buys_90) end as hazard_90
    from customers

),

-- 1 where the second point is missing or lies no higher: a constant rate
shapes as (

    select
        *,
        case
            when hazard_90 > hazard_28 then ln(hazard_90 / hazard_28) / ln(90.0 / 28)
            else 1
        end as shape
    from hazards

),

waits as (

    select
        *,
        28 * power(0.1053605156578263 / hazard_28, 1 / shape) as days_low,
        28 * power(0.6931471805599453 / hazard_28, 1 / shape) as days_middle,
        28 * power(2.302585092994046 / hazard_28, 1 / shape) as days_high
    from shapes

),

next_orders as (

    select
        *,
        case
            when reason is not null then reason
            when coalesce(days_middle > {{ longest }}, true) then 'not_expected'
        end as date_reason,
        case
            when days_low <= {{ longest }}
                then {{ add_days("as_of_date", "greatest(ceil(days_low), 1)") }}
        end as low_date,
        case
            when days_middle <= {{ longest }}
                then {{ add_days("as_of_date", "greatest(ceil(days_middle), 1)") }}
        end as middle_date,
        case
            when days_high <= {{ longest }}
                then {{ add_days("as_of_date", "greatest(ceil(days_high), 1)") }}
        end as high_date
    from waits

)

select
    cast(one_id as string) as one_id,
    cast(date_reason as string) as reason,
    cast(buys_28 as double) as buys_28_probability,
    cast(buys_90 as double) as buys_90_probability,
    cast(case when date_reason is null then middle_date end as date) as next_order_date,
    cast(case when date_reason is null then low_date end as date) as next_order_from_date,
    cast(case when date_reason is null then high_date end as date) as next_order_until_date,
    cast(as_of_date as date) as as_of_date
from next_orders
