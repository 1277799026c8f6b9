{#- What the regression gives every candidate; 0.5 where none was fitted. -#}
with

candidates as (

    select * from {{ ref("int_next_products__candidates") }}
    where split_code <> 'training'

),

parameters as (

    {{ next_product_parameters(ref("int_next_products__parameters")) }}

)

select
    cast(candidates.split_code as string) as split_code,
    cast(candidates.one_id as string) as one_id,
    cast(candidates.item as string) as item,
    cast(candidates.own_orders as double) as own_orders,
    cast(candidates.own_weight as double) as own_weight,
    cast(candidates.own_share as double) as own_share,
    cast(candidates.days_since as double) as days_since,
    cast(candidates.popularity as double) as popularity,
    cast(candidates.similarity as double) as similarity,
    cast(candidates.network_score as double) as network_score,
    cast({{ next_product_probability("candidates", "parameters") }} as double) as probability,
    cast(candidates.is_repeat as boolean) as is_repeat,
    cast(candidates.is_bought as boolean) as is_bought
from candidates
cross join parameters
