{#- Used is what finds most on the tested date; of equals what has learnt, the regression first. -#}
{%- set baseline = "own_decayed_frequency" -%}
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

methods as (

    {% for method in learnt_product_methods() -%}
        select
            '{{ method }}' as method,
            {{ loop.index }} as method_position
        union all
    {% endfor %}
    select
        '{{ baseline }}' as method,
        99 as method_position

),

recalls as (

    select
        method,
        round(value, 9) as recall
    from {{ ref("int_next_products__back_tests") }}
    where metric = 'recall_at_10'

),

compared as (

    select
        parameters.*,
        methods.method,
        recalls.recall,
        max(case when methods.method = '{{ baseline }}' then recalls.recall end) over ()
            as baseline_recall,
        row_number() over (
            order by recalls.recall desc nulls last, methods.method_position asc
        ) as recall_position
    from methods
    cross join parameters
    left join recalls on methods.method = recalls.method

),

next_product_models as (

    select
        *,
        is_fitted and baseline_recall is not null and recall_position = 1 as is_chosen,
        case
            when not is_fitted then reason
            when baseline_recall is null then 'not_tested'
            when method = '{{ baseline }}' and recall_position = 1 then 'better_than_the_reranker'
            when method = '{{ baseline }}' then 'baseline'
            when recall_position = 1 then 'not_worse_than_the_baseline'
            when coalesce(recall, 0) < baseline_recall then 'baseline_not_beaten'
            else 'another_finds_more'
        end as why
    from compared

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
    cast(
        case when next_product_models.method = 'three_layer_network' then 360 end as bigint
    ) as seed,
    cast(next_product_models.is_chosen as boolean) as is_chosen,
    cast({{ add_days("splits.before_date", 1) }} as date) as train_from_date,
    cast(splits.horizon_date as date) as train_to_date,
    cast(as_of.as_of_date as date) as as_of_date
from next_product_models
cross join splits
cross join as_of
