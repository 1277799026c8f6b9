{#- What the version of each label says of every identified customer, and why. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

labels as (

    select
        purpose,
        code as label_code
    from {{ ref("int_learnt__purposes") }}
    where scope = 'learnt_tag'

),

scored as (

    select
        scored.*,
        labels.label_code
    from {{ ref("int_learnt__scored") }} as scored
    inner join labels on scored.purpose = labels.purpose

),

cuts as (

    select
        purpose,
        positive_from
    from {{ ref("int_learnt__models") }}
    where is_chosen

),

grades as (

    select * from {{ ref("learnt_tag_grades") }}

),

-- what a customer has, in bins in which the label is more frequent
bins as (

    select * from {{ ref("learnt_tag_bins") }}
    where is_kept and weight_of_evidence > 0

),

features as (

    select
        scored.label_code,
        scored.one_id,
        features.feature,
        row_number() over (
            partition by scored.label_code, scored.one_id
            order by bins.weight_of_evidence desc, features.feature asc
        ) as place
    from scored
    inner join {{ ref("int_predictions__customer_features") }} as features
        on scored.one_id = features.one_id
    inner join bins
        on
            scored.label_code = bins.label_code
            and features.feature = bins.feature
            and features.value >= bins.low
            and (bins.high is null or features.value < bins.high)

),

reasons as (

    select
        label_code,
        one_id,
        max(case when place = 1 then feature end) as top_feature_1,
        max(case when place = 2 then feature end) as top_feature_2,
        max(case when place = 3 then feature end) as top_feature_3
    from features
    group by label_code, one_id

)

select
    cast(scored.label_code as string) as label_code,
    cast(scored.one_id as string) as one_id,
    cast(scored.method as string) as method,
    cast(scored.model_version as string) as model_version,
    cast(reasons.top_feature_1 as string) as top_feature_1,
    cast(reasons.top_feature_2 as string) as top_feature_2,
    cast(reasons.top_feature_3 as string) as top_feature_3,
    cast(grades.grade as integer) as grade,
    cast(scored.outcome as integer) as label_value,
    cast(scored.probability as double) as score,
    cast(scored.probability >= cuts.positive_from as boolean) as is_positive,
    cast(as_of.as_of_date as date) as as_of_date
from scored
cross join as_of
inner join cuts on scored.purpose = cuts.purpose
inner join grades
    on
        scored.label_code = grades.label_code
        and scored.probability >= grades.low
        and (grades.high is null or scored.probability < grades.high)
left join reasons
    on
        scored.label_code = reasons.label_code
        and scored.one_id = reasons.one_id
