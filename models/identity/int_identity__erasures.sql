{#- Ids of customers who were erased: what macro register_erasures writes at the start of a run. -#}
with

erasures as (

    select * from {{ erasure_table("erasures") }}

)

select
    cast(one_id as string) as one_id,
    cast(profile_count as bigint) as profile_count,
    cast(issued_at as timestamp) as issued_at,
    cast(erased_at as timestamp) as erased_at
from erasures
