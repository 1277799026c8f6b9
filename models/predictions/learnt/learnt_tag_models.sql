{#- Each label: its origin, what was learnt and how good it is, or why nobody is scored. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

results as (

    {{ learnt_results("learnt_tag") }}

),

features as (

    select
        label_code,
        count(*) as features,
        count(case when is_kept then 1 end) as kept_features
    from {{ ref("learnt_tag_features") }}
    group by label_code

),

scored as (

    select
        label_code,
        count(*) as scored_customers,
        count(case when is_positive then 1 end) as positive_customers
    from {{ ref("learnt_tags") }}
    group by label_code

)

select
    cast(results.code as string) as label_code,
    cast(results.learnt_from as string) as learnt_from,
    cast(
        case when results.labelled_customers = 0 then 'no_label' else results.reason end as string
    ) as reason,
    cast(results.method as string) as method,
    cast(results.model_version as string) as model_version,
    cast(results.given_keys as bigint) as given_keys,
    cast(results.unknown_keys as bigint) as unknown_keys,
    cast(results.shared_keys as bigint) as shared_keys,
    cast(results.contradicted_keys as bigint) as contradicted_keys,
    cast(results.later_keys as bigint) as later_keys,
    cast(results.labellers as bigint) as labellers,
    cast(results.labelled_customers as bigint) as labelled_customers,
    cast(results.positives as bigint) as positives,
    cast(coalesce(features.features, 0) as bigint) as features,
    cast(coalesce(features.kept_features, 0) as bigint) as kept_features,
    cast(coalesce(scored.scored_customers, 0) as bigint) as scored_customers,
    cast(coalesce(scored.positive_customers, 0) as bigint) as positive_customers,
    {% for name in [
        "positive_from", "auc", "auc_low", "auc_high", "baseline_auc",
        "auc_gain", "auc_gain_low", "auc_gain_high", "ks", "calibration_error",
        "precision_share", "precision_low", "precision_high", "recall_share",
    ] -%}
        cast(results.{{ name }} as double) as {{ name }},
    {% endfor -%}
    cast(results.first_labelled_on as date) as first_labelled_on,
    cast(results.last_labelled_on as date) as last_labelled_on,
    cast(as_of.as_of_date as date) as as_of_date
from results
cross join as_of
left join features on results.code = features.label_code
left join scored on results.code = scored.label_code
