with

customers as (

    select
        label_code,
        one_id,
        outcome
    from {{ ref("int_learnt_tags__customers") }}
    where is_sampled

),

features as (

    select * from {{ ref("int_predictions__customer_features") }}

)

select
    cast(customers.label_code as string) as label_code,
    cast(features.one_id as string) as one_id,
    cast(features.feature as string) as feature,
    cast(features.value as double) as value,
    cast(customers.outcome as integer) as outcome
from customers
inner join features on customers.one_id = features.one_id
