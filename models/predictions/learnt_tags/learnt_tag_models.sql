{#- Each label: its origin, what was learnt and how good it is, or why nobody is scored. -#}
{%- set labels = learnt_tag_labels() -%}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

labels as (

    {% for label in labels -%}
        select
            '{{ label.code }}' as label_code,
            '{{ (label.where or label.labels).replace("'", "''") }}' as learnt_from,
            {{ "cast(null as string)" if label.where else "'" ~ label.labels ~ "'" }} as list_code
        {{ "union all" if not loop.last }}
    {% else -%}
        select
            'none' as label_code,
            'none' as learnt_from,
            'none' as list_code
        where false
    {% endfor %}

),

keys as (

    select
        label_code as list_code,
        count(*) as given_keys,
        count(case when reason = 'unknown_customer' then 1 end) as unknown_keys,
        count(case when reason = 'shared_by_customers' then 1 end) as shared_keys,
        count(case when reason = 'contradicted' then 1 end) as contradicted_keys,
        count(case when reason = 'labelled_later' then 1 end) as later_keys,
        count(distinct labelled_by) as labellers,
        min(labelled_on) as first_labelled_on,
        max(labelled_on) as last_labelled_on
    from {{ ref("int_predictions__labels") }}
    group by label_code

),

customers as (

    select
        label_code,
        count(*) as labelled_customers,
        sum(outcome) as positives
    from {{ ref("int_learnt_tags__customers") }}
    group by label_code

),

models as (

    select * from {{ ref("int_learnt_tags__models") }}

),

-- of a label without a model, what kept the card from being used
told as (

    select
        label_code,
        max(case when is_chosen then method end) as method,
        max(case when is_chosen then model_version end) as model_version,
        max(case when is_chosen then positive_from end) as positive_from,
        max(case when is_chosen then 1 else 0 end) as has_model,
        max(case when is_chosen then reason end) as chosen_reason,
        max(case when method = 'scorecard' then reason end) as card_reason
    from models
    group by label_code

),

tested as (

    select
        models.label_code,
        {% for metric in ["auc", "auc_gain", "precision"] -%}
            max(
                case when back_tests.metric = '{{ metric }}' then back_tests.value end
            ) as {{ metric }}_value,
            max(
                case when back_tests.metric = '{{ metric }}' then back_tests.value_low end
            ) as {{ metric }}_low,
            max(
                case when back_tests.metric = '{{ metric }}' then back_tests.value_high end
            ) as {{ metric }}_high,
        {% endfor -%}
        max(case when back_tests.metric = 'recall' then back_tests.value end) as recall_share,
        max(case when back_tests.metric = 'ks' then back_tests.value end) as ks,
        max(
            case when back_tests.metric = 'calibration_error' then back_tests.value end
        ) as calibration_error
    from {{ ref("int_learnt_tags__back_tests") }} as back_tests
    inner join models
        on back_tests.model_version = models.model_version and back_tests.purpose = models.purpose
    where models.is_chosen
    group by models.label_code

),

baselines as (

    select
        purpose,
        value as baseline_auc
    from {{ ref("int_learnt_tags__back_tests") }}
    where method = 'rfm' and metric = 'auc'

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
    cast(labels.label_code as string) as label_code,
    cast(labels.learnt_from as string) as learnt_from,
    cast(
        case
            when coalesce(customers.labelled_customers, 0) = 0 then 'no_label'
            when told.has_model = 1 then told.chosen_reason
            else told.card_reason
        end as string
    ) as reason,
    cast(told.method as string) as method,
    cast(told.model_version as string) as model_version,
    cast(keys.given_keys as bigint) as given_keys,
    cast(keys.unknown_keys as bigint) as unknown_keys,
    cast(keys.shared_keys as bigint) as shared_keys,
    cast(keys.contradicted_keys as bigint) as contradicted_keys,
    cast(keys.later_keys as bigint) as later_keys,
    cast(keys.labellers as bigint) as labellers,
    cast(coalesce(customers.labelled_customers, 0) as bigint) as labelled_customers,
    cast(coalesce(customers.positives, 0) as bigint) as positives,
    cast(coalesce(features.features, 0) as bigint) as features,
    cast(coalesce(features.kept_features, 0) as bigint) as kept_features,
    cast(coalesce(scored.scored_customers, 0) as bigint) as scored_customers,
    cast(coalesce(scored.positive_customers, 0) as bigint) as positive_customers,
    cast(told.positive_from as double) as positive_from,
    cast(tested.auc_value as double) as auc,
    cast(tested.auc_low as double) as auc_low,
    cast(tested.auc_high as double) as auc_high,
    cast(baselines.baseline_auc as double) as baseline_auc,
    cast(tested.auc_gain_value as double) as auc_gain,
    cast(tested.auc_gain_low as double) as auc_gain_low,
    cast(tested.auc_gain_high as double) as auc_gain_high,
    cast(tested.ks as double) as ks,
    cast(tested.calibration_error as double) as calibration_error,
    cast(tested.precision_value as double) as precision_share,
    cast(tested.precision_low as double) as precision_low,
    cast(tested.precision_high as double) as precision_high,
    cast(tested.recall_share as double) as recall_share,
    cast(keys.first_labelled_on as date) as first_labelled_on,
    cast(keys.last_labelled_on as date) as last_labelled_on,
    cast(as_of.as_of_date as date) as as_of_date
from labels
cross join as_of
left join keys on labels.list_code = keys.list_code
left join customers on labels.label_code = customers.label_code
left join told on labels.label_code = told.label_code
left join tested on labels.label_code = tested.label_code
left join baselines on 'learnt_tag_' || labels.label_code = baselines.purpose
left join features on labels.label_code = features.label_code
left join scored on labels.label_code = scored.label_code
