with

dates as (

    select * from {{ ref("int_coupons__dates") }}
    where step > 0

),

versions as (

    select * from {{ ref("int_coupons__versions") }}
    where reason is null

)

select
    cast(scored.one_id as string) as one_id,
    cast(scored.purpose as string) as purpose,
    cast(versions.model_version as string) as model_version,
    cast(scored.method as string) as method,
    cast(scored.step as integer) as step,
    cast(scored.step as integer) as tested_step,
    cast(scored.outcome as integer) as outcome,
    cast(scored.amount_from as double) as amount_from,
    cast(scored.probability as double) as probability,
    cast(
        (scored.probability - scored.outcome) * (scored.probability - scored.outcome) as double
    ) as error,
    cast(dates.snapshot_date as date) as tested_date
from {{ ref("int_coupons__scored") }} as scored
inner join dates
    on
        scored.purpose = dates.purpose
        and scored.step = dates.step
inner join versions
    on
        scored.purpose = versions.purpose
        and scored.method = versions.method
        and scored.step = versions.step
