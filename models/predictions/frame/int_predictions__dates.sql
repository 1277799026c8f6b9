{#-
    The dates of the frame. Step 0 is the as-of date, step -1 lies 28 days before it; the others lie
    whole horizons before the day of the last fit, so that what is known of them does not change
    until the next one. Thirteen horizons of 28 days are a year, and so nearly are four of 90.
-#}
{%- set refit_days = var("prediction_refit_days") -%}
{%- set year_steps = {28: 13, 90: 4} -%}
with

as_of as (

    select
        as_of_date,
        {{ add_days(
            "as_of_date",
            "-(" ~ days_between("cast('1970-01-01' as date)", "as_of_date") ~ " % " ~ refit_days ~ ")",
        ) }} as fit_date
    from {{ ref("int_behaviour__as_of") }}

),

order_days as (

    select * from {{ ref("int_predictions__order_days") }}

),

history as (

    select
        min(ordered_date) as first_ordered_date,
        count(distinct one_id) as customers
    from order_days

),

horizons as (

    {% for days, year_step in year_steps.items() -%}
        select
            {{ days }} as horizon_days,
            {{ year_step }} as year_step
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

lengths as (

    select
        horizons.horizon_days,
        horizons.year_step,
        as_of.as_of_date,
        as_of.fit_date,
        coalesce({{ days_between("history.first_ordered_date", "as_of.fit_date") }}, 0)
            as history_days,
        history.customers
    from horizons
    cross join as_of
    cross join history

),

-- three dates to test, each after three to learn from, as far as the history reaches
counted as (

    select
        *,
        cast(
            greatest(least(floor(history_days / cast(horizon_days as double)) - 1, 6), 0)
            as integer
        ) as last_step
    from lengths

),

steps as (

    {% for step in range(18) -%}
        select {{ step }} as step
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

dated as (

    select
        counted.horizon_days,
        counted.last_step,
        counted.customers,
        counted.fit_date,
        steps.step,
        counted.history_days - steps.step * counted.horizon_days as history_days,
        steps.step between 1 and least(counted.last_step - 1, 3) as is_tested,
        {{ var("prediction_look_back_days") }} as look_back_days,
        case
            when steps.step = 0 then counted.as_of_date
            else {{ add_days("counted.fit_date", "(-steps.step * counted.horizon_days)") }}
        end as snapshot_date
    from counted
    -- with those a year before the dates of versions, where half a year lies before them
    inner join steps
        on
            counted.last_step >= steps.step
            or (
                steps.step between counted.year_step and counted.year_step + 4
                and counted.history_days - steps.step * counted.horizon_days >= 182
            )
    union all
    -- what today is compared with; features do not depend on the horizon, so that one is enough
    select
        horizon_days,
        last_step,
        customers,
        fit_date,
        -1 as step,
        history_days + {{ days_between("fit_date", "as_of_date") }} - 28 as history_days,
        false as is_tested,
        {{ var("prediction_look_back_days") }} as look_back_days,
        {{ add_days("as_of_date", -28) }} as snapshot_date
    from counted
    where horizon_days = 28

)

select
    cast(horizon_days as integer) as horizon_days,
    cast(step as integer) as step,
    cast(last_step as integer) as last_step,
    cast(look_back_days as integer) as look_back_days,
    cast(history_days as integer) as history_days,
    cast(customers as bigint) as customers,
    cast(is_tested as boolean) as is_tested,
    cast(snapshot_date as date) as snapshot_date,
    cast(fit_date as date) as fit_date
from dated
