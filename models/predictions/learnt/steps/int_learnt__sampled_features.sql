with

customers as (

    select
        purpose,
        one_id,
        outcome
    from {{ ref("int_learnt__customers") }}
    where is_sampled

),

features as (

    select * from {{ ref("int_predictions__customer_features") }}

)

select
    cast(customers.purpose as string) as purpose,
    cast(features.one_id as string) as one_id,
    cast(features.feature as string) as feature,
    cast(features.value as double) as value,
    cast(customers.outcome as integer) as outcome
from customers
inner join features on customers.one_id = features.one_id
