{#- The chance of no order within the horizon, of every customer; where there is none, why. -#}
with

scored as (

    {{ frame_scores(
        ref("int_churn__models"), ref("int_churn__parameters"), "logistic",
        logistic_probability("linear"),
    ) }}

),

levels as (

    select * from {{ ref("int_churn__levels") }}

),

scores as (

    select
        scored.*,
        levels.level
    from scored
    left join levels
        on
            scored.purpose = levels.purpose
            and {{ is_in_churn_level("scored.score", "levels") }}

),

-- whoever does not leave buys
with_opposite as (

    select * from scores
    union all
    select
        one_id,
        replace(purpose, 'churn', 'buys') as purpose,
        horizon_days,
        as_of_date,
        1 - score as score,
        model_version,
        reason,
        cast(null as string) as level
    from scores

)

select
    cast(one_id as string) as one_id,
    cast(purpose as string) as purpose,
    cast(level as string) as level,
    cast(model_version as string) as model_version,
    cast(reason as string) as reason,
    cast(horizon_days as integer) as horizon_days,
    cast(score as double) as score,
    cast(as_of_date as date) as as_of_date
from with_opposite
