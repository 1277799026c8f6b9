with

loyalty_levels as (

    select * from {{ ref("loyalty_levels") }}

)

select
    cast('loyalty_level' as string) as tag_code,
    cast(level_code || '_from' as string) as threshold_code,
    cast(score_from as string) as threshold_value,
    cast('seed' as string) as origin
from loyalty_levels
