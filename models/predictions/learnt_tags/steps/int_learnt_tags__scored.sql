{#- What the version that is used gives every identified customer whom no purpose keeps out. -#}
{%- set customers -%}
    select
        models.label_code, people.one_id
    from {{ ref("int_learnt_tags__models") }} as models
    cross join {{ ref("customers") }} as people
    left join {{ ref("customer_exclusions") }} as exclusions
        on people.one_id = exclusions.one_id and exclusions.covers = 'predictions'
    where models.is_chosen and people.is_identified and exclusions.one_id is null
{%- endset -%}
{%- set parameters -%}
    select parameters.*
    from {{ ref("int_learnt_tags__parameters") }} as parameters
    inner join {{ ref("int_learnt_tags__models") }} as models
        on
            parameters.label_code = models.label_code
            and parameters.model_version = models.model_version
    where models.is_chosen and parameters.fold = 0
{%- endset -%}
with

scored as (

    {{ learnt_tag_scores(customers, parameters, "bases.fold = 0") }}

)

select
    cast(label_code as string) as label_code,
    cast(one_id as string) as one_id,
    cast(method as string) as method,
    cast(model_version as string) as model_version,
    cast({{ logistic_probability("score") }} as double) as probability
from scored
