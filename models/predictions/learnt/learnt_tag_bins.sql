{#- The card: of each feature that was looked at the bins, what is in them, and their points. -#}
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

bins as (

    select * from {{ ref("int_learnt__parameters") }}
    where method = 'naive_bayes' and fold = 0 and customers is not null

),

cards as (

    select * from {{ ref("int_learnt__parameters") }}
    where method = 'scorecard' and fold = 0 and customers is not null

)

select
    cast(labels.label_code as string) as label_code,
    cast(bins.feature as string) as feature,
    cast(bins.node + 1 as integer) as bin,
    cast(cards.points as integer) as points,
    cast(coalesce(bins.low, 0) as double) as low,
    cast(bins.high as double) as high,
    cast(bins.weight_of_evidence as double) as weight_of_evidence,
    cast(bins.customers as bigint) as customers,
    cast(bins.positives as bigint) as positives,
    cast(bins.selection = 'kept' as boolean) as is_kept,
    cast(as_of.as_of_date as date) as as_of_date
from bins
cross join as_of
inner join labels on bins.purpose = labels.purpose
left join cards
    on
        bins.purpose = cards.purpose
        and bins.feature = cards.feature
        and bins.node = cards.node
