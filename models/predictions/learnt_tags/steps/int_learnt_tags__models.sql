{#-
    Of the methods that tell labels apart better than chance and than the baseline the one with the
    largest area; of equal ones the simplest. Without any the baseline, where chance is no better.
-#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

versions as (

    select * from {{ ref("int_learnt_tags__parameters") }}
    where feature = 'intercept' and fold = 0

),

back_tests as (

    select
        purpose,
        method,
        max(case when metric = 'auc' then value end) as auc,
        max(case when metric = 'auc' then value_low end) as auc_low,
        max(case when metric = 'auc_gain' then value_low end) as gain_low
    from {{ ref("int_learnt_tags__back_tests") }}
    group by purpose, method

),

cuts as (

    select
        label_code,
        method,
        max(positive_from) as positive_from
    from {{ ref("int_learnt_tags__tested") }}
    group by label_code, method

),

judged as (

    select
        versions.*,
        'learnt_tag_' || versions.label_code as purpose,
        back_tests.auc,
        cuts.positive_from,
        coalesce(back_tests.auc_low > 0.5, false) as is_useful,
        -- where there is no baseline chance is all there is to beat
        coalesce(back_tests.auc_low > 0.5, false)
        and (versions.method = 'rfm' or coalesce(back_tests.gain_low > 0, true)) as may_score
    from versions
    left join back_tests
        on
            'learnt_tag_' || versions.label_code = back_tests.purpose
            and versions.method = back_tests.method
    left join cuts
        on versions.label_code = cuts.label_code and versions.method = cuts.method

),

ranked as (

    select
        *,
        may_score
        and row_number() over (
            partition by label_code
            order by
                case when may_score then 0 else 1 end,
                case method when 'rfm' then 1 else 0 end,
                round(auc, 9) desc,
                case method
                    when 'scorecard' then 1
                    when 'naive_bayes' then 2
                    when 'svm' then 3
                    else 4
                end
        ) = 1 as is_chosen
    from judged

)

select
    cast(ranked.purpose as string) as purpose,
    cast(ranked.label_code as string) as label_code,
    cast(ranked.model_version as string) as model_version,
    cast(ranked.method as string) as method,
    cast(ranked.library_versions as string) as library_versions,
    cast(
        case
            when ranked.reason is not null then ranked.reason
            when ranked.is_chosen and ranked.method = 'rfm' then 'baseline_not_beaten'
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
    cast(case when ranked.method = 'forest' then 360 end as bigint) as seed,
    cast(ranked.positive_from as double) as positive_from,
    cast(ranked.is_chosen as boolean) as is_chosen,
    cast(as_of.as_of_date as date) as train_from_date,
    cast(as_of.as_of_date as date) as train_to_date,
    cast(as_of.as_of_date as date) as as_of_date
from ranked
cross join as_of
