with

loyalty_levels as (

    select * from {{ ref("loyalty_levels") }}

)

select
    cast('loyalty_level' as varchar) as tag_code,
    cast(level_code || '_from' as varchar) as threshold_code,
    cast(score_from as varchar) as threshold_value,
    cast('seed' as varchar) as origin
from loyalty_levels
