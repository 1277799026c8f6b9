{#- Order days and spend expected of every customer within the horizon; where none are, why. -#}
with

scores as (

    {{ frame_scores(
        ref("int_repeat__models"), ref("int_repeat__parameters"), "poisson", poisson_mean("linear")
    ) }}

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
