with

rfm_scores as (

    select * from {{ ref("int_tags__rfm_scores") }}

),

segment_map as (

    select * from {{ ref("int_tags__rfm_segment_map") }}

),

-- at most a thousand combinations, whatever the number of customers
cells as (

    select distinct
        r_score,
        f_score,
        m_score,
        r_above,
        f_above,
        m_above
    from rfm_scores

),

compared as (

    select
        cells.*,
        segment_map.map_position,
        segment_map.segment_code,
        row_number() over (
            partition by
                cells.r_score, cells.f_score, cells.m_score,
                cells.r_above, cells.f_above, cells.m_above
            order by segment_map.map_position nulls last
        ) as match_order
    from cells
    left join segment_map
        on
            case when segment_map.basis = 'average' then cells.r_above else cells.r_score end
            between segment_map.r_from and segment_map.r_to
            and case when segment_map.basis = 'average' then cells.f_above else cells.f_score end
            between segment_map.f_from and segment_map.f_to
            and case when segment_map.basis = 'average' then cells.m_above else cells.m_score end
            between segment_map.m_from and segment_map.m_to

),

first_match as (

    select * from compared
    where match_order = 1

)

select
    cast(rfm_scores.one_id as string) as one_id,
    cast(coalesce(first_match.segment_code, 'others') as string) as segment_code,
    cast(first_match.map_position as integer) as map_position
from rfm_scores
inner join first_match
    on
        rfm_scores.r_score = first_match.r_score
        and rfm_scores.f_score = first_match.f_score
        and rfm_scores.m_score = first_match.m_score
        and rfm_scores.r_above = first_match.r_above
        and rfm_scores.f_above = first_match.f_above
        and rfm_scores.m_above = first_match.m_above
