{%- set map_name = setting("rfm_segment_map") -%}

with

maps as (

    select * from {{ ref("rfm_segment_maps") }}

),

-- one row always, so that an unknown map is noticed and does not end as no segments
names as (

    select
        count(case when map_name = '{{ map_name }}' then 1 end) as line_count,
        {{ string_list("distinct map_name", ", ", "map_name") }} as known_names
    from maps

),

chosen as (

    select
        case
            when names.line_count = 0 then {{ stop_build(
                "'variable rfm_segment_map is " ~ map_name
                ~ "; the seed rfm_segment_maps has: ' || names.known_names"
            ) }}
            else '{{ map_name }}'
        end as map_name,
        maps.position as map_position,
        maps.basis,
        maps.r_from,
        maps.r_to,
        maps.f_from,
        maps.f_to,
        maps.m_from,
        maps.m_to,
        maps.segment_code
    from names
    left join maps on maps.map_name = '{{ map_name }}'

)

select
    cast(map_name as string) as map_name,
    cast(map_position as integer) as map_position,
    cast(basis as string) as basis,
    cast(r_from as integer) as r_from,
    cast(r_to as integer) as r_to,
    cast(f_from as integer) as f_from,
    cast(f_to as integer) as f_to,
    cast(m_from as integer) as m_from,
    cast(m_to as integer) as m_to,
    cast(segment_code as string) as segment_code
from chosen
