{#- The first choice of each customer in each dimension and how sure it is. -#}
{%- set lift = var("preference_min_lift") -%}

with

preference_counts as (

    select * from {{ ref("int_preferences__counts") }}

),

parameters as (

    select * from {{ ref("preferences_parameters") }}

),

priors as (

    select
        tag_code,
        scope as choice,
        max(case when parameter_code = 'population_share' then parameter_value end)
            as population_share,
        max(case when parameter_code = 'rival_share' then parameter_value end) as rival_share
    from parameters
    where scope is not null
    group by tag_code, scope

),

prior_sizes as (

    select
        tag_code,
        parameter_value as prior_size
    from parameters
    where parameter_code = 'population_prior_size'

),

shares as (

    select
        preference_counts.one_id,
        preference_counts.dimension,
        preference_counts.choice,
        priors.population_share,
        prior_sizes.prior_size,
        prior_sizes.prior_size * priors.rival_share as rival_weight,
        sum(preference_counts.choices) over (
            partition by preference_counts.one_id, preference_counts.dimension
        ) as evidence,
        -- the shrunken share but for its divisor, which is the same for all choices
        preference_counts.choices + prior_sizes.prior_size * priors.population_share as weight
    from preference_counts
    inner join priors
        on
            'preferred_' || preference_counts.dimension = priors.tag_code
            and preference_counts.choice = priors.choice
    inner join prior_sizes on priors.tag_code = prior_sizes.tag_code

),

ranked as (

    select
        *,
        row_number() over (
            partition by one_id, dimension
            order by weight desc, choice asc
        ) as place,
        lead(weight) over (
            partition by one_id, dimension
            order by weight desc, choice asc
        ) as next_weight
    from shares

),

first_choices as (

    select
        *,
        weight / (evidence + prior_size) as choice_share,
        -- a choice never made keeps the share that the population gives it
        greatest(coalesce(next_weight, 0), rival_weight) / (evidence + prior_size)
            as next_share,
        {{ lift }} * population_share / (1 - population_share + {{ lift }} * population_share)
            as share_wanted
    from ranked
    where place = 1

),

assessed as (

    select
        *,
        {{ probability_above(
            "choice_share - next_share",
            dirichlet_difference_variance(
                "choice_share", "next_share", "evidence", "prior_size"
            ),
            "0",
        ) }} as first_probability,
        {{ probability_above(
            "choice_share",
            beta_variance("choice_share", "evidence", "prior_size"),
            "share_wanted",
        ) }} as lift_probability
    from first_choices

)

select
    cast(one_id as string) as one_id,
    cast(dimension as string) as dimension,
    cast(choice as string) as choice,
    cast(evidence as bigint) as evidence,
    {{ rounded("choice_share", 7, 4) }} as choice_share,
    {{ rounded("population_share", 7, 4) }} as population_share,
    {{ rounded("least(first_probability, lift_probability)", 7, 4) }} as confidence,
    cast(
        least(first_probability, lift_probability) >= {{ var("preference_min_confidence") }}
        as boolean
    ) as is_supported
from assessed
