with

cuts as (

    select * from {{ ref("int_lifecycle__cuts") }}

)

select
    cast('lifecycle_stage' as string) as tag_code,
    cast('new_cycles' as string) as threshold_code,
    cast(active_multiple as string) as threshold_value,
    cast('data' as string) as origin
from cuts

union all

select
    cast('lifecycle_stage' as string) as tag_code,
    cast('lost_cycles' as string) as threshold_code,
    cast(sleeping_multiple as string) as threshold_value,
    cast('data' as string) as origin
from cuts

union all

select
    cast('lifecycle_value_tier' as string) as tag_code,
    cast('core_from' as string) as threshold_code,
    cast(core_from as string) as threshold_value,
    cast('data' as string) as origin
from cuts
where core_from is not null

union all

select
    cast('lifecycle_value_tier' as string) as tag_code,
    cast('high_potential_from' as string) as threshold_code,
    cast(high_potential_from as string) as threshold_value,
    cast('data' as string) as origin
from cuts
where high_potential_from is not null
