with

rfm_scores as (

    select * from {{ ref("int_rfm__scores") }}

),

segment_map as (

    select * from {{ ref("int_rfm__segment_map") }}

),

cell_segments as (

    {{ rfm_cell_segments("rfm_scores", "segment_map") }}

)

select
    cast(rfm_scores.one_id as string) as one_id,
    cast(cell_segments.segment_code as string) as segment_code,
    cast(cell_segments.map_position as integer) as map_position
from rfm_scores
inner join cell_segments
    on
        rfm_scores.r_score = cell_segments.r_score
        and rfm_scores.f_score = cell_segments.f_score
        and rfm_scores.m_score = cell_segments.m_score
        and rfm_scores.r_above = cell_segments.r_above
        and rfm_scores.f_above = cell_segments.f_above
        and rfm_scores.m_above = cell_segments.m_above
