{#- Whom predictions are about and learnt from: everybody whom no purpose keeps out of them. -#}
with

customers as (

    select * from {{ ref("customers") }}

),

exclusions as (

    select one_id from {{ ref("customer_exclusions") }}
    where covers = 'predictions'

)

select
    cast(customers.one_id as string) as one_id,
    cast(customers.gender as string) as gender,
    cast(customers.card_level as string) as card_level,
    cast(customers.city as string) as city,
    cast(customers.is_identified as boolean) as is_identified
from customers
left join exclusions on customers.one_id = exclusions.one_id
where exclusions.one_id is null
