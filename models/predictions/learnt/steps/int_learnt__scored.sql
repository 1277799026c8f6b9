{#-
    What the version that is used gives every identified customer whom no purpose keeps out, and the
    share of those labelled 1 that get no more.
-#}
{%- set customers -%}
    select
        models.purpose, people.one_id
    from {{ ref("int_learnt__models") }} as models
    cross join {{ ref("int_predictions__customers") }} as people
    where models.is_chosen and people.is_identified
{%- endset -%}
{%- set parameters -%}
    select parameters.*
    from {{ ref("int_learnt__parameters") }} as parameters
    inner join {{ ref("int_learnt__models") }} as models
        on
            parameters.purpose = models.purpose
            and parameters.model_version = models.model_version
    where models.is_chosen and parameters.fold = 0
{%- endset -%}
with

scored as (

    {{ learnt_scores(customers, parameters, "bases.fold = 0") }}

),

labelled as (

    select
        purpose,
        one_id,
        outcome
    from {{ ref("int_learnt__customers") }}

),

-- as many ones as there are, each compared with itself too
placed as (

    select
        scored.*,
        labelled.outcome,
        sum(case when labelled.outcome = 1 then 1 else 0 end) over (
            partition by scored.purpose order by scored.score
        ) as ones_not_higher,
        sum(case when labelled.outcome = 1 then 1 else 0 end) over (
            partition by scored.purpose
        ) as ones
    from scored
    left join labelled
        on scored.purpose = labelled.purpose and scored.one_id = labelled.one_id

)

select
    cast(purpose as string) as purpose,
    cast(one_id as string) as one_id,
    cast(method as string) as method,
    cast(model_version as string) as model_version,
    cast(outcome as integer) as outcome,
    cast(score as double) as score,
    cast({{ logistic_probability("score") }} as double) as probability,
    cast(ones_not_higher / cast(nullif(ones, 0) as double) as double) as similarity
from placed
