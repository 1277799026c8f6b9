{#- The customers most alike to a crowd, down to its size or the similarity asked for, and why. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

crowds as (

    select
        purpose,
        code,
        size,
        min_similarity
    from {{ ref("int_learnt__purposes") }}
    where scope = 'look_alike'

),

scored as (

    select * from {{ ref("int_learnt__scored") }}

),

ranked as (

    select
        *,
        row_number() over (
            partition by purpose order by score desc, md5(one_id) asc, one_id asc
        ) as position
    from scored
    where outcome = 0

),

expanded as (

    select
        ranked.*,
        crowds.code as crowd_code
    from ranked
    inner join crowds on ranked.purpose = crowds.purpose
    where
        ranked.position <= crowds.size
        and ranked.similarity >= crowds.min_similarity

),

-- what a customer has more of than those that were learnt from, and speaks for it
features as (

    select
        expanded.crowd_code,
        expanded.one_id,
        features.feature,
        row_number() over (
            partition by expanded.crowd_code, expanded.one_id
            order by
                round(
                    parameters.coefficient
                    * (ln(1 + features.value) - parameters.centre) / parameters.scale,
                    9
                ) desc,
                features.feature asc
        ) as place,
        parameters.coefficient
        * (ln(1 + features.value) - parameters.centre) / parameters.scale as contribution
    from expanded
    inner join {{ ref("int_predictions__customer_features") }} as features
        on expanded.one_id = features.one_id
    inner join {{ ref("int_learnt__parameters") }} as parameters
        on
            expanded.purpose = parameters.purpose
            and expanded.model_version = parameters.model_version
            and features.feature = parameters.feature
    where parameters.fold = 0

),

reasons as (

    select
        crowd_code,
        one_id,
        max(case when place = 1 then feature end) as top_feature_1,
        max(case when place = 2 then feature end) as top_feature_2,
        max(case when place = 3 then feature end) as top_feature_3
    from features
    where round(contribution, 9) > 0
    group by crowd_code, one_id

)

select
    cast(expanded.crowd_code as string) as crowd_code,
    cast(expanded.one_id as string) as one_id,
    cast(expanded.method as string) as method,
    cast(expanded.model_version as string) as model_version,
    cast(reasons.top_feature_1 as string) as top_feature_1,
    cast(reasons.top_feature_2 as string) as top_feature_2,
    cast(reasons.top_feature_3 as string) as top_feature_3,
    cast(expanded.position as bigint) as look_alike_position,
    cast(expanded.similarity as double) as similarity,
    cast(expanded.score as double) as score,
    cast(as_of.as_of_date as date) as as_of_date
from expanded
cross join as_of
left join reasons
    on
        expanded.crowd_code = reasons.crowd_code
        and expanded.one_id = reasons.one_id
