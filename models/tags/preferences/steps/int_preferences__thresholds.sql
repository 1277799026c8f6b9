with

priors as (

    select distinct
        dimension,
        prior_strength
    from {{ ref("int_preferences__priors") }}

)

select
    cast('preferred_' || dimension as string) as tag_code,
    cast('population_strength' as string) as threshold_code,
    cast(round(prior_strength, 6) as string) as threshold_value,
    cast('data' as string) as origin
from priors
