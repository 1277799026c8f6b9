{#-
    The purposes of a scope: their origin, what was learnt and how good it is, or why nobody is
    scored.
-#}
{% macro learnt_results(scope) %}
    with purposes as (

        select * from {{ ref("int_learnt__purposes") }}
        where scope = '{{ scope }}'

    ),

    -- keys of lists that are no customer's, or speak against each other; zeros are none of a crowd's
    keys as (

        select
            purposes.purpose,
            count(*) as given_keys,
            count(case when labels.one_id is null then 1 end) as refused_keys,
            count(case when labels.reason = 'unknown_customer' then 1 end) as unknown_keys,
            count(case when labels.reason = 'shared_by_customers' then 1 end) as shared_keys,
            count(case when labels.reason = 'contradicted' then 1 end) as contradicted_keys,
            count(case when labels.reason = 'labelled_later' then 1 end) as later_keys,
            count(distinct labels.labelled_by) as labellers,
            min(labels.labelled_on) as first_labelled_on,
            max(labels.labelled_on) as last_labelled_on
        from purposes
        inner join {{ ref("int_predictions__labels") }} as labels
            on purposes.list_code = labels.label_code
        where labels.label_value = 1 or purposes.unlabelled_outcome is null
        group by purposes.purpose

    ),

    customers as (

        select
            purpose,
            count(*) as labelled_customers,
            sum(outcome) as positives
        from {{ ref("int_learnt__customers") }}
        group by purpose

    ),

    models as (

        select * from {{ ref("int_learnt__models") }}

    ),

    -- of a purpose without a model, what kept the method that looks at all features from being used
    told as (

        select
            purpose,
            max(case when is_chosen then method end) as method,
            max(case when is_chosen then model_version end) as model_version,
            max(case when is_chosen then positive_from end) as positive_from,
            coalesce(
                max(case when is_chosen then reason end),
                max(case when method in ('logistic', 'scorecard') then reason end)
            ) as reason,
            max(spies) as spies,
            max(reliable_negatives) as reliable_negatives
        from models
        group by purpose

    ),

    tested as (

        select
            models.purpose,
            {% for metric in [
                "auc", "auc_gain", "ks", "calibration_error", "precision", "recall",
                "lift_at_1", "lift_at_5", "lift_at_10",
            ] -%}
                max(case when back_tests.metric = '{{ metric }}' then back_tests.value end)
                    as {{ metric }}_value,
            {% endfor -%}
            {% for metric in ["auc", "auc_gain", "precision"] -%}
                max(case when back_tests.metric = '{{ metric }}' then back_tests.value_low end)
                    as {{ metric }}_low,
                max(case when back_tests.metric = '{{ metric }}' then back_tests.value_high end)
                    as {{ metric }}_high{{ "," if not loop.last }}
            {% endfor -%}
        from {{ ref("int_learnt__back_tests") }} as back_tests
        inner join models
            on
                back_tests.model_version = models.model_version
                and back_tests.purpose = models.purpose
        where models.is_chosen
        group by models.purpose

    ),

    baselines as (

        select
            purpose,
            value as baseline_auc
        from {{ ref("int_learnt__back_tests") }}
        where method = 'rfm' and metric = 'auc'

    )

    select
        purposes.code,
        purposes.learnt_from,
        told.reason,
        told.method,
        told.model_version,
        keys.given_keys,
        keys.refused_keys,
        keys.unknown_keys,
        keys.shared_keys,
        keys.contradicted_keys,
        keys.later_keys,
        keys.labellers,
        coalesce(customers.labelled_customers, 0) as labelled_customers,
        coalesce(customers.positives, 0) as positives,
        told.spies,
        told.reliable_negatives,
        told.positive_from,
        tested.auc_value as auc,
        tested.auc_low,
        tested.auc_high,
        baselines.baseline_auc,
        tested.auc_gain_value as auc_gain,
        tested.auc_gain_low,
        tested.auc_gain_high,
        tested.ks_value as ks,
        tested.calibration_error_value as calibration_error,
        tested.precision_value as precision_share,
        tested.precision_low,
        tested.precision_high,
        tested.recall_value as recall_share,
        tested.lift_at_1_value as lift_at_1,
        tested.lift_at_5_value as lift_at_5,
        tested.lift_at_10_value as lift_at_10,
        keys.first_labelled_on,
        keys.last_labelled_on
    from purposes
    left join keys on purposes.purpose = keys.purpose
    left join customers on purposes.purpose = customers.purpose
    left join told on purposes.purpose = told.purpose
    left join tested on purposes.purpose = tested.purpose
    left join baselines on purposes.purpose = baselines.purpose
{%- endmacro %}
