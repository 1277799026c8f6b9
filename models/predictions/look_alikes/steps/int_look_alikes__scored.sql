{#-
    How alike every customer is to the seeds, by the version that is used: the share of seeds that
    are no more alike.
-#}
{%- set customers -%}
    select
        crowd_code, one_id, is_seed
    from {{ ref("int_look_alikes__customers") }}
{%- endset -%}
{%- set parameters -%}
    select parameters.*
    from {{ ref("int_look_alikes__parameters") }} as parameters
    inner join {{ ref("int_look_alikes__models") }} as models
        on
            parameters.crowd_code = models.crowd_code
            and parameters.model_version = models.model_version
    where models.is_chosen and parameters.fold = 0
{%- endset -%}
with

scored as (

    {{ look_alike_scores(customers, parameters, "bases.fold = 0") }}

),

-- as many seeds as there are, each compared with itself too
placed as (

    select
        *,
        sum(case when is_seed then 1 else 0 end) over (
            partition by crowd_code order by score
        ) as seeds_not_higher,
        sum(case when is_seed then 1 else 0 end) over (partition by crowd_code) as seeds
    from scored

)

select
    cast(crowd_code as string) as crowd_code,
    cast(one_id as string) as one_id,
    cast(method as string) as method,
    cast(model_version as string) as model_version,
    cast(score as double) as score,
    cast(seeds_not_higher / cast(seeds as double) as double) as similarity,
    cast(is_seed as boolean) as is_seed
from placed
