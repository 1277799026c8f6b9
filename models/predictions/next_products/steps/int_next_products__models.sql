{#- The re-ranker is used where it finds no less than a customer's own decayed frequency. -#}
with

parameters as (

    {{ next_product_parameters(ref("int_next_products__parameters")) }}

),

splits as (

    select * from {{ ref("int_next_products__splits") }}
    where split_code = 'training'

),

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

recalls as (

    select
        max(case when method = 'logistic_reranker' then value end) as reranker_recall,
        max(case when method = 'own_decayed_frequency' then value end) as baseline_recall
    from {{ ref("int_next_products__back_tests") }}
    where metric = 'recall_at_10'

),

judged as (

    select
        parameters.*,
        coalesce(
            recalls.reranker_recall is not null
            and round(recalls.reranker_recall, 9) >= round(recalls.baseline_recall, 9),
            false
        ) as is_better,
        recalls.baseline_recall is not null as is_tested
    from parameters
    cross join recalls

),

next_product_models as (

    select
        *,
        'logistic_reranker' as method,
        is_fitted and is_tested and is_better as is_chosen,
        case
            when not is_fitted then reason
            when not is_tested then 'not_tested'
            when is_better then 'not_worse_than_the_baseline'
            else 'baseline_not_beaten'
        end as why
    from judged
    union all
    select
        *,
        'own_decayed_frequency' as method,
        is_fitted and is_tested and not is_better as is_chosen,
        case
            when not is_fitted then reason
            when not is_tested then 'not_tested'
            when is_better then 'baseline'
            else 'better_than_the_reranker'
        end as why
    from judged

)

select
    cast('next_product' as string) as purpose,
    cast(
        next_product_models.method || '-' || next_product_models.model_version as string
    ) as model_version,
    cast(next_product_models.method as string) as method,
    cast(next_product_models.why as string) as reason,
    cast(next_product_models.library_versions as string) as library_versions,
    cast({{ var("next_product_horizon_days") }} as integer) as horizon_days,
    cast(next_product_models.rows_trained as bigint) as rows_trained,
    cast(null as bigint) as seed,
    cast(next_product_models.is_chosen as boolean) as is_chosen,
    cast({{ add_days("splits.before_date", 1) }} as date) as train_from_date,
    cast(splits.horizon_date as date) as train_to_date,
    cast(as_of.as_of_date as date) as as_of_date
from next_product_models
cross join splits
cross join as_of
