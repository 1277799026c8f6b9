with

cuts as (

    select * from {{ ref("int_tags__lifecycle_cuts") }}

)

select
    cast('lifecycle_stage' as varchar) as tag_code,
    cast('new_cycles' as varchar) as threshold_code,
    cast(active_multiple as varchar) as threshold_value,
    cast('data' as varchar) as origin
from cuts

union all

select
    cast('lifecycle_stage' as varchar) as tag_code,
    cast('lost_cycles' as varchar) as threshold_code,
    cast(sleeping_multiple as varchar) as threshold_value,
    cast('data' as varchar) as origin
from cuts

union all

select
    cast('lifecycle_value_tier' as varchar) as tag_code,
    cast('core_from' as varchar) as threshold_code,
    cast(core_from as varchar) as threshold_value,
    cast('data' as varchar) as origin
from cuts
where core_from is not null

union all

select
    cast('lifecycle_value_tier' as varchar) as tag_code,
    cast('high_potential_from' as varchar) as threshold_code,
    cast(high_potential_from as varchar) as threshold_value,
    cast('data' as varchar) as origin
from cuts
where high_potential_from is not null
