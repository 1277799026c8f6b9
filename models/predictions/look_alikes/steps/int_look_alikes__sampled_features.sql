with

customers as (

    select
        crowd_code,
        one_id
    from {{ ref("int_look_alikes__customers") }}
    where is_sampled

),

features as (

    select * from {{ ref("int_predictions__customer_features") }}

)

select
    cast(customers.crowd_code as string) as crowd_code,
    cast(features.one_id as string) as one_id,
    cast(features.feature as string) as feature,
    cast(features.value as double) as value
from customers
inner join features on customers.one_id = features.one_id
