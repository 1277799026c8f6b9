with

priors as (

    select distinct
        dimension,
        prior_strength
    from {{ ref("int_tags__preference_priors") }}

)

select
    cast('preferred_' || dimension as varchar) as tag_code,
    cast('population_strength' as varchar) as threshold_code,
    cast(round(prior_strength, 6) as varchar) as threshold_value,
    cast('data' as varchar) as origin
from priors
