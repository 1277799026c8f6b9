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

    {{ probability_metrics("trials", ["purpose", "model_version", "method", "tested_date"]) }}

)

select
    cast(purpose as string) as purpose,
    cast(model_version as string) as model_version,
    cast(method as string) as method,
    cast(metric as string) as metric,
    cast(value as double) as value,
    cast(value_low as double) as value_low,
    cast(value_high as double) as value_high,
    cast(customers as bigint) as customers,
    cast(method <> 'beta_binomial' as boolean) as is_baseline,
    cast(tested_date as date) as tested_date
from metrics
