{#- Whether today is still like what the models learnt from, and whether they still hit. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

models as (

    select * from {{ ref("models") }}
    where
        is_chosen
        and (
            purpose like 'churn_%'
            or purpose like 'orders_%'
            or purpose like 'spend_%'
            or purpose like 'learnt_tag_%'
            or purpose like 'look_alike_%'
        )

),

bins as (

    select
        *,
        sum(customers_before) over (partition by horizon_days, purpose, feature) as all_before,
        sum(customers_today) over (partition by horizon_days, purpose, feature) as all_today,
        count(*) over (partition by horizon_days, purpose, feature) as bins
    from {{ ref("int_monitoring__counts") }}

),

-- half a customer more in each bin, so that an empty one is not infinitely far away
shares as (

    select
        *,
        (customers_before + cast(0.5 as double)) / (all_before + bins * cast(0.5 as double))
            as share_before,
        (customers_today + cast(0.5 as double)) / (all_today + bins * cast(0.5 as double))
            as share_today
    from bins
    where all_before > 0 and all_today > 0

),

stability as (

    select
        horizon_days,
        purpose,
        feature,
        max(all_today) as customers,
        round(sum((share_today - share_before) * ln(share_today / share_before)), 12) as value
    from shares
    group by horizon_days, purpose, feature

),

back_tests as (

    select
        back_tests.*,
        row_number() over (
            partition by back_tests.purpose, back_tests.metric
            order by back_tests.tested_date desc, back_tests.model_version desc
        ) as recency
    from {{ ref("back_tests") }} as back_tests
    inner join models
        on back_tests.purpose = models.purpose and back_tests.method = models.method

),

coverage as (

    select
        purpose,
        count(
            case
                when coalesce(reason, '') not in ('no_order_yet', 'objected', 'no_consent') then 1
            end
        ) as customers,
        count(score) as scored
    from {{ ref("scores") }}
    group by purpose

),

measures as (

    select
        models.purpose,
        models.model_version,
        'stability' as measure,
        stability.feature,
        stability.value,
        0.1 as watch_from,
        0.25 as act_from,
        stability.customers
    from models
    inner join stability
        on
            models.purpose = stability.purpose
            or models.horizon_days = stability.horizon_days

    union all

    select
        models.purpose,
        models.model_version,
        'calibration' as measure,
        'score' as feature,
        case
            when back_tests.metric = 'total_ratio' then abs(back_tests.value - 1)
            else back_tests.value
        end as value,
        case when back_tests.metric = 'total_ratio' then 0.1 else 0.03 end as watch_from,
        case when back_tests.metric = 'total_ratio' then 0.25 else 0.1 end as act_from,
        back_tests.customers
    from models
    inner join back_tests on models.purpose = back_tests.purpose
    where
        back_tests.recency = 1
        and back_tests.metric
        = case
            when models.purpose like 'churn_%' or models.purpose like 'learnt_tag_%'
                then 'calibration_error'
            else 'total_ratio'
        end

    union all

    select
        models.purpose,
        models.model_version,
        'not_covered' as measure,
        'score' as feature,
        1 - coverage.scored / cast(coverage.customers as double) as value,
        0.01 as watch_from,
        0.1 as act_from,
        coverage.customers
    from models
    inner join coverage on models.purpose = coverage.purpose
    where coverage.customers > 0

)

select
    cast(measures.purpose as string) as purpose,
    cast(measures.model_version as string) as model_version,
    cast(measures.measure as string) as measure,
    cast(measures.feature as string) as feature,
    cast(
        case
            when measures.value >= measures.act_from then 'act'
            when measures.value >= measures.watch_from then 'watch'
            else 'ok'
        end as string
    ) as verdict,
    cast(measures.value as double) as value,
    cast(measures.watch_from as double) as watch_from,
    cast(measures.act_from as double) as act_from,
    cast(measures.customers as bigint) as customers,
    cast(as_of.as_of_date as date) as as_of_date
from measures
cross join as_of
