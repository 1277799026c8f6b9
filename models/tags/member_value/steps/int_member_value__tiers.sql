with

tiers as (

    select * from {{ ref("member_value_tiers") }}

)

select
    cast(level_code as string) as level_code,
    cast(lead(level_code) over (order by score_from) as string) as next_level_code,
    cast(name_en as string) as name_en,
    cast(name_zh as string) as name_zh,
    cast(score_from as integer) as score_from,
    cast(lead(score_from) over (order by score_from) as integer) as score_below,
    cast(is_top_programme as boolean) as is_top_programme
from tiers
