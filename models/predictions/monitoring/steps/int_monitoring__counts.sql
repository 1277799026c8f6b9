{#-
    Customers by where their features and scores lie: on the dates that today's versions learnt
    from or were tested on, and today. A bin is half a unit of ln(1 + x), of probabilities a tenth.
-#}
with

frame as (

    select
        *,
        case when step = 0 then 'today' else 'before' end as period
    from {{ ref("int_predictions__frame") }}
    where step between 0 and 3

),

chosen as (

    select
        purpose,
        method
    from {{ ref("models") }}
    where is_chosen

),

tested as (

    select
        purpose,
        method,
        probability as score,
        1 as customers
    from {{ ref("int_churn__tested") }}
    where step = tested_step
    union all
    select
        purpose,
        method,
        expected as score,
        1 as customers
    from {{ ref("int_repeat__tested") }}
    where step = tested_step
    union all
    select
        purpose,
        method,
        probability as score,
        customers_stood_for as customers
    from {{ ref("int_learnt__tested") }}

),

scored as (

    select
        tested.purpose,
        'before' as period,
        tested.score,
        tested.customers
    from tested
    inner join chosen
        on tested.purpose = chosen.purpose and tested.method = chosen.method
    union all
    select
        purpose,
        'today' as period,
        score,
        1 as customers
    from {{ ref("scores") }}
    where
        score is not null
        and (purpose like 'churn_%' or purpose like 'orders_%' or purpose like 'spend_%')
    union all
    select
        purpose,
        'today' as period,
        probability as score,
        1 as customers
    from {{ ref("int_learnt__scored") }}

),

binned as (

    {% for feature in frame_features() -%}
        select
            horizon_days,
            cast(null as string) as purpose,
            '{{ feature }}' as feature,
            period,
            floor(2 * ln(1 + {{ feature }})) as bin,
            1 as customers
        from frame
        union all
    {% endfor -%}
    select
        cast(null as integer) as horizon_days,
        purpose,
        'score' as feature,
        period,
        case
            when
                purpose like 'churn_%'
                or purpose like 'learnt_tag_%'
                or purpose like 'look_alike_%'
                then least(floor(score * 10), 9)
            else floor(2 * ln(1 + score))
        end as bin,
        customers
    from scored

),

counts as (

    select
        horizon_days,
        purpose,
        feature,
        bin,
        sum(case when period = 'before' then customers else 0 end) as customers_before,
        sum(case when period = 'today' then customers else 0 end) as customers_today
    from binned
    group by horizon_days, purpose, feature, bin

)

select
    cast(purpose as string) as purpose,
    cast(feature as string) as feature,
    cast(horizon_days as integer) as horizon_days,
    cast(bin as integer) as bin,
    cast(round(customers_before) as bigint) as customers_before,
    cast(customers_today as bigint) as customers_today
from counts
