with

maps as (

    select * from {{ ref("rfm_segment_maps") }}
    where map_name = '{{ var("rfm_segment_map") }}'

)

select
    cast(map_name as string) as map_name,
    cast(position as integer) as map_position,
    cast(basis as string) as basis,
    cast(r_from as integer) as r_from,
    cast(r_to as integer) as r_to,
    cast(f_from as integer) as f_from,
    cast(f_to as integer) as f_to,
    cast(m_from as integer) as m_from,
    cast(m_to as integer) as m_to,
    cast(segment_code as string) as segment_code
from maps
