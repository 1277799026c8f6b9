{#- The chance of no order within the horizon, of every customer; where there is none, why. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select one_id from {{ ref("customers") }}

),

frame as (

    select * from {{ ref("int_predictions__frame") }}
    where step = 0

),

models as (

    select * from {{ ref("int_churn__models") }}

),

parameters as (

    select * from {{ ref("int_churn__parameters") }}

),

versions as (

    {{ linear_parameters("parameters", ["purpose", "model_version", "horizon_days"]) }}

),

chosen as (

    select versions.*
    from versions
    inner join models
        on versions.purpose = models.purpose and versions.model_version = models.model_version
    where models.is_chosen

),

-- why nobody has a score: what kept the newest version of the widest model from being fitted
purposes as (

    select
        parameters.purpose,
        parameters.horizon_days,
        chosen.model_version,
        coalesce(parameters.reason, 'no_model_beats_the_base_rate') as reason
    from parameters
    left join chosen on parameters.purpose = chosen.purpose
    where
        parameters.feature = 'intercept'
        and parameters.step = 0
        and parameters.method = 'logistic'

),

predicted as (

    select
        frame.one_id,
        chosen.purpose,
        {{ linear_predictor("frame", "chosen") }} as linear
    from frame
    inner join chosen on frame.horizon_days = chosen.horizon_days

),

probabilities as (

    select
        one_id,
        purpose,
        {{ logistic_probability("linear") }} as score
    from predicted

),

buyers as (

    select
        one_id,
        horizon_days
    from frame

),

levels as (

    select * from {{ ref("int_churn__levels") }}

),

scores as (

    select
        customers.one_id,
        purposes.purpose,
        purposes.horizon_days,
        as_of.as_of_date,
        probabilities.score,
        levels.level,
        case when probabilities.score is not null then purposes.model_version end as model_version,
        case
            when probabilities.score is not null then null
            when buyers.one_id is null then 'no_order_yet'
            else purposes.reason
        end as reason
    from customers
    cross join purposes
    cross join as_of
    left join probabilities
        on customers.one_id = probabilities.one_id and purposes.purpose = probabilities.purpose
    left join buyers
        on
            customers.one_id = buyers.one_id
            and purposes.horizon_days = buyers.horizon_days
    left join levels
        on
            probabilities.purpose = levels.purpose
            and probabilities.score >= levels.low
            and (probabilities.score < levels.high or levels.level_position = 4)

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
        cast(null as string) as level,
        model_version,
        reason
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
