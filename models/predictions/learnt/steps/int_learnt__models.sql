{#-
    Of the methods that tell ones from zeros better than chance the one with the largest area
    scores, of equal ones the simplest. Of learnt tags a method must also beat the baseline by more
    than chance, as the best of four would often win by luck; where none does, the baseline scores.
-#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

versions as (

    select
        parameters.*,
        purposes.scope
    from {{ ref("int_learnt__parameters") }} as parameters
    inner join {{ ref("int_learnt__purposes") }} as purposes
        on parameters.purpose = purposes.purpose
    where parameters.feature = 'intercept' and parameters.fold = 0

),

back_tests as (

    select
        purpose,
        method,
        max(case when metric = 'auc' then value end) as auc,
        max(case when metric = 'auc' then value_low end) as auc_low,
        max(case when metric = 'auc_gain' then value_low end) as gain_low
    from {{ ref("int_learnt__back_tests") }}
    group by purpose, method

),

cuts as (

    select
        purpose,
        method,
        max(positive_from) as positive_from
    from {{ ref("int_learnt__tested") }}
    group by purpose, method

),

judged as (

    select
        versions.*,
        back_tests.auc,
        cuts.positive_from,
        coalesce(back_tests.auc_low > 0.5, false) as is_useful,
        -- where there is no baseline chance is all there is to beat
        coalesce(back_tests.auc_low > 0.5, false)
        and (
            versions.scope = 'look_alike'
            or versions.method = 'rfm'
            or coalesce(back_tests.gain_low > 0, true)
        ) as may_score
    from versions
    left join back_tests
        on versions.purpose = back_tests.purpose and versions.method = back_tests.method
    left join cuts
        on versions.purpose = cuts.purpose and versions.method = cuts.method

),

ranked as (

    select
        *,
        may_score
        and row_number() over (
            partition by purpose
            order by
                case when may_score then 0 else 1 end,
                case when scope = 'learnt_tag' and method = 'rfm' then 1 else 0 end,
                round(auc, 9) desc,
                case
                    when method = 'rfm' then 0
                    when method in ('logistic', 'scorecard') then 1
                    when method in ('spy_logistic', 'naive_bayes') then 2
                    when method = 'svm' then 3
                    else 4
                end
        ) = 1 as is_chosen
    from judged

)

select
    cast(ranked.purpose as string) as purpose,
    cast(ranked.model_version as string) as model_version,
    cast(ranked.method as string) as method,
    cast(ranked.library_versions as string) as library_versions,
    cast(
        case
            when ranked.reason is not null then ranked.reason
            when ranked.is_chosen and ranked.method = 'rfm' then 'baseline_not_beaten'
            when ranked.is_chosen and ranked.scope = 'look_alike' then 'tells_seeds_best'
            when ranked.is_chosen then 'tells_labels_best'
            when not ranked.is_useful then 'no_better_than_chance'
            when ranked.method = 'rfm' then 'baseline'
            when ranked.may_score then 'another_method_is_better'
            else 'does_not_beat_a_baseline'
        end as string
    ) as reason,
    cast(null as integer) as horizon_days,
    cast(ranked.rows_trained as bigint) as rows_trained,
    cast(ranked.positives_trained as bigint) as positives_trained,
    cast(ranked.spies as bigint) as spies,
    cast(ranked.reliable_negatives as bigint) as reliable_negatives,
    cast(case when ranked.method = 'forest' then 360 end as bigint) as seed,
    cast(ranked.positive_from as double) as positive_from,
    cast(ranked.is_chosen as boolean) as is_chosen,
    cast(as_of.as_of_date as date) as train_from_date,
    cast(as_of.as_of_date as date) as train_to_date,
    cast(as_of.as_of_date as date) as as_of_date
from ranked
cross join as_of
