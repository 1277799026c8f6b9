{%- set keys = "purpose, model_version, method, tested_date" -%}
with

-- an offer is a trial of its own
trials as (

    select
        purpose,
        model_version,
        method,
        tested_date,
        outcome,
        one_id || '|' || cast(amount_from as string) as one_id,
        probability
    from {{ ref("int_coupons__tested") }}

),

metrics as (

    {{ probability_metrics("trials", keys.split(", ")) }}

),

tested as (

    select
        {{ keys }},
        count(distinct one_id) as customers
    from {{ ref("int_coupons__tested") }}
    group by {{ keys }}

)

select
    cast(metrics.purpose as string) as purpose,
    cast(metrics.model_version as string) as model_version,
    cast(metrics.method as string) as method,
    cast(metrics.metric as string) as metric,
    cast(metrics.value as double) as value,
    cast(metrics.value_low as double) as value_low,
    cast(metrics.value_high as double) as value_high,
    cast(tested.customers as bigint) as customers,
    cast(metrics.method <> 'beta_binomial' as boolean) as is_baseline,
    cast(metrics.tested_date as date) as tested_date
from metrics
inner join tested
    on
        metrics.purpose = tested.purpose
        and metrics.model_version = tested.model_version
        and metrics.method = tested.method
        and metrics.tested_date = tested.tested_date
