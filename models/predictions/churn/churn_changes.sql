{#- Of every customer whether another level of churn holds than 28 days ago, and what moved it. -#}
with

scores as (

    select * from {{ ref("int_churn__scores") }}
    where purpose like 'churn_%'

),

changes as (

    select * from {{ ref("int_churn__changes") }}

)

select
    cast(scores.one_id as string) as one_id,
    cast(scores.purpose as string) as purpose,
    cast(scores.level as string) as level,
    cast(changes.level_before as string) as level_before,
    cast(
        case
            when changes.one_id is null then null
            when changes.level_before = scores.level then 'steady'
            when scores.score > changes.score_before then 'rising'
            else 'falling'
        end as string
    ) as direction,
    cast(changes.feature_group as string) as feature_group,
    cast(changes.feature as string) as feature,
    cast(
        case
            when scores.reason is not null then scores.reason
            when changes.one_id is null then 'first_order_since'
        end as string
    ) as reason,
    cast(scores.score as double) as score,
    cast(changes.score_before as double) as score_before,
    cast(scores.score - changes.score_before as double) as score_difference,
    cast(changes.feature_value as double) as feature_value,
    cast(changes.feature_value_before as double) as feature_value_before,
    cast({{ add_days("scores.as_of_date", -28) }} as date) as before_date,
    cast(scores.as_of_date as date) as as_of_date
from scores
left join changes
    on scores.one_id = changes.one_id and scores.purpose = changes.purpose
