{#- Each feature of labelled customers: how it lies, and whether the card keeps it. -#}
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

labelled as (

    select
        purpose,
        count(*) as customers,
        sum(outcome) as positives
    from {{ ref("int_learnt__customers") }}
    where is_sampled
    group by purpose

),

features as (

    select
        *,
        ln(1 + value) as log_value,
        avg(ln(1 + value)) over (partition by purpose, feature) as mean_log,
        stddev_samp(ln(1 + value)) over (partition by purpose, feature) as deviation_of_log
    from {{ ref("int_learnt__sampled_features") }}

),

explored as (

    select
        purpose,
        feature,
        count(*) as holders,
        sum(value) as total,
        sum(case when outcome = 1 then value else 0 end) as total_of_positives,
        count(
            case
                when round(abs(log_value - mean_log), 9) > round(3 * deviation_of_log, 9) then 1
            end
        ) as outliers,
        min(value) as smallest,
        {{ quantile("value", 0.25) }} as first_quartile,
        {{ quantile("value", 0.5) }} as median,
        {{ quantile("value", 0.75) }} as third_quartile,
        max(value) as largest
    from features
    group by purpose, feature

),

-- one row per feature: what is said of it is repeated on each of its bins
chosen as (

    select
        purpose,
        feature,
        max(selection) as selection,
        max(cluster_feature) as cluster_feature,
        max(information_value) as information_value,
        max(chi_square) as chi_square,
        max(chi_square_p) as chi_square_p,
        count(case when customers is not null then 1 end) as bins
    from {{ ref("int_learnt__parameters") }}
    where method in ('naive_bayes', 'none') and fold = 0
    group by purpose, feature

)

select
    cast(labels.label_code as string) as label_code,
    cast(explored.feature as string) as feature,
    cast(coalesce(chosen.selection, 'not_fitted') as string) as selection,
    cast(chosen.cluster_feature as string) as cluster_feature,
    cast(explored.holders as bigint) as holders,
    cast(explored.outliers as bigint) as outliers,
    cast(coalesce(chosen.bins, 0) as bigint) as bins,
    cast(
        1 - explored.holders / cast(labelled.customers as double) as double
    ) as missing_share,
    cast(
        explored.total_of_positives / cast(nullif(labelled.positives, 0) as double) as double
    ) as mean_of_positives,
    cast(
        (explored.total - explored.total_of_positives)
        / cast(nullif(labelled.customers - labelled.positives, 0) as double) as double
    ) as mean_of_negatives,
    cast(explored.smallest as double) as smallest,
    cast(explored.first_quartile as double) as first_quartile,
    cast(explored.median as double) as median,
    cast(explored.third_quartile as double) as third_quartile,
    cast(explored.largest as double) as largest,
    cast(chosen.information_value as double) as information_value,
    cast(chosen.chi_square as double) as chi_square,
    cast(chosen.chi_square_p as double) as chi_square_p,
    cast(coalesce(chosen.selection = 'kept', false) as boolean) as is_kept,
    cast(as_of.as_of_date as date) as as_of_date
from explored
cross join as_of
inner join labels on explored.purpose = labels.purpose
inner join labelled on explored.purpose = labelled.purpose
left join chosen
    on
        explored.purpose = chosen.purpose
        and explored.feature = chosen.feature
