{#- Each crowd: what its seeds are, how well they are told from others, or why nobody is named. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

results as (

    {{ learnt_results("look_alike") }}

),

members as (

    select
        crowd_code,
        count(*) as look_alikes
    from {{ ref("look_alikes") }}
    group by crowd_code

)

select
    cast(results.code as string) as crowd_code,
    cast(results.learnt_from as string) as seeded_by,
    cast(
        case
            when results.positives = 0 then 'no_seed'
            when results.positives = results.labelled_customers then 'everybody_is_a_seed'
            when results.model_version is null then results.reason
        end as string
    ) as reason,
    cast(results.method as string) as method,
    cast(results.model_version as string) as model_version,
    cast(results.given_keys as bigint) as given_keys,
    cast(results.refused_keys as bigint) as refused_keys,
    cast(results.positives as bigint) as seeds,
    cast(results.labelled_customers - results.positives as bigint) as other_customers,
    cast(results.spies as bigint) as spies,
    cast(results.reliable_negatives as bigint) as reliable_negatives,
    cast(coalesce(members.look_alikes, 0) as bigint) as look_alikes,
    cast(results.auc as double) as auc,
    cast(results.lift_at_1 as double) as lift_at_1,
    cast(results.lift_at_5 as double) as lift_at_5,
    cast(results.lift_at_10 as double) as lift_at_10,
    cast(as_of.as_of_date as date) as as_of_date
from results
cross join as_of
left join members on results.code = members.crowd_code
