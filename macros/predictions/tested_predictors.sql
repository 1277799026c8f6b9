{#-
    What each version gave the customers of dates that it had not seen: its own date, and the next
    tested one, by which it is held against its successor.
-#}
{% macro tested_predictors(parameters, outcome) %}
    with frame as (

        select * from {{ ref("int_predictions__frame") }}
        where step > 0

    ),

    dates as (

        select * from {{ ref("int_predictions__dates") }}
        where is_tested

    ),

    versions as (

        {{ linear_parameters(
            parameters, ["purpose", "model_version", "method", "horizon_days", "step"]
        ) }}

    )

    select
        versions.purpose,
        versions.model_version,
        versions.method,
        versions.step,
        frame.step as tested_step,
        frame.one_id,
        {{ outcome }} as outcome,
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
{%- endmacro %}
