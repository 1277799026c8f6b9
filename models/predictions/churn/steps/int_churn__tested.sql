{#-
    What each version gave the customers of dates that it had not seen: its own date, and the next
    tested one, by which it is held against its successor.
-#}
with

frame as (

    select * from {{ ref("int_predictions__frame") }}
    where step > 0

),

dates as (

    select * from {{ ref("int_predictions__dates") }}
    where is_tested

),

versions as (

    {{ linear_parameters(
        ref("int_churn__parameters"),
        ["purpose", "model_version", "method", "horizon_days", "step"],
    ) }}

),

tested as (

    select
        versions.purpose,
        versions.model_version,
        versions.method,
        versions.step,
        frame.step as tested_step,
        frame.one_id,
        case when frame.order_days_after = 0 then 1 else 0 end as outcome,
        frame.snapshot_date as tested_date,
        {{ linear_predictor("frame", "versions") }} as linear
    from frame
    inner join dates
        on frame.horizon_days = dates.horizon_days and frame.step = dates.step
    inner join versions
        on
            frame.horizon_days = versions.horizon_days
            and versions.step between frame.step and frame.step + 1
    where versions.intercept is not null

),

given as (

    select
        *,
        {{ logistic_probability("linear") }} as probability
    from tested

)

select
    cast(one_id as string) as one_id,
    cast(purpose as string) as purpose,
    cast(model_version as string) as model_version,
    cast(method as string) as method,
    cast(step as integer) as step,
    cast(tested_step as integer) as tested_step,
    cast(probability as double) as probability,
    cast(outcome as integer) as outcome,
    cast((probability - outcome) * (probability - outcome) as double) as error,
    cast(tested_date as date) as tested_date
from given
