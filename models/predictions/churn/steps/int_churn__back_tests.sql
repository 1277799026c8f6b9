with

tested as (

    select * from {{ ref("int_churn__tested") }}

),

metrics as (

    {{ probability_metrics("tested", ["purpose", "model_version", "method", "tested_date"]) }}

),

-- whoever does not leave buys: the same area and errors, the other share
with_opposite as (

    select * from metrics
    union all
    select
        replace(purpose, 'churn', 'buys') as purpose,
        model_version,
        method,
        tested_date,
        metric,
        case when metric = 'rate' then 1 - value else value end as value,
        case when metric = 'rate' then 1 - value_high else value_low end as value_low,
        case when metric = 'rate' then 1 - value_low else value_high end as value_high,
        customers
    from metrics
    where metric <> 'total_ratio'

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
    cast(method <> 'logistic' as boolean) as is_baseline,
    cast(tested_date as date) as tested_date
from with_opposite
