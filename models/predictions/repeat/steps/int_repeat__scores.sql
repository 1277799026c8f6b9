{#- Order days and spend expected of every customer within the horizon; where none are, why. -#}
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

    select * from {{ ref("int_repeat__models") }}

),

parameters as (

    select * from {{ ref("int_repeat__parameters") }}

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
        and parameters.method = 'poisson'

),

predicted as (

    select
        frame.one_id,
        chosen.purpose,
        {{ linear_predictor("frame", "chosen") }} as linear
    from frame
    inner join chosen on frame.horizon_days = chosen.horizon_days

),

expected as (

    select
        one_id,
        purpose,
        {{ poisson_mean("linear") }} as score
    from predicted

),

buyers as (

    select
        one_id,
        horizon_days
    from frame

),

scores as (

    select
        customers.one_id,
        purposes.purpose,
        purposes.horizon_days,
        as_of.as_of_date,
        expected.score,
        case when expected.score is not null then purposes.model_version end as model_version,
        case
            when expected.score is not null then null
            when buyers.one_id is null then 'no_order_yet'
            else purposes.reason
        end as reason
    from customers
    cross join purposes
    cross join as_of
    left join expected
        on customers.one_id = expected.one_id and purposes.purpose = expected.purpose
    left join buyers
        on
            customers.one_id = buyers.one_id
            and purposes.horizon_days = buyers.horizon_days

)

select
    cast(one_id as string) as one_id,
    cast(purpose as string) as purpose,
    cast(null as string) as level,
    cast(model_version as string) as model_version,
    cast(reason as string) as reason,
    cast(horizon_days as integer) as horizon_days,
    cast(score as double) as score,
    cast(as_of_date as date) as as_of_date
from scores
