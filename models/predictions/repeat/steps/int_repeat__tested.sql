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
        ref("int_repeat__parameters"),
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
        case
            when versions.purpose like 'orders_%' then cast(frame.order_days_after as double)
            else cast(greatest(frame.net_amount_after, 0) as double)
        end as outcome,
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
        {{ poisson_mean("linear") }} as expected
    from tested

),

-- Poisson deviance
erred as (

    select
        *,
        2 * (
            case when outcome > 0 then outcome * ln(outcome / expected) else 0 end
            - outcome + expected
        ) as error
    from given

)

select
    cast(one_id as string) as one_id,
    cast(purpose as string) as purpose,
    cast(model_version as string) as model_version,
    cast(method as string) as method,
    cast(step as integer) as step,
    cast(tested_step as integer) as tested_step,
    cast(expected as double) as expected,
    cast(outcome as double) as outcome,
    cast(error as double) as error,
    cast(tested_date as date) as tested_date
from erred
