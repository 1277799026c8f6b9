with

rfm_part_values as (

    select * from {{ ref("int_rfm__part_values") }}

),

cut_points as (

    select * from {{ ref("int_rfm__part_cut_points") }}

),

segment_map as (

    select * from {{ ref("int_rfm__segment_map") }}

),

-- a fifth of a handful of customers says nothing
comparable as (

    select * from rfm_part_values
    where part_customers >= {{ setting("min_group_customers") }}

),

scored as (

    {{ rfm_scored("comparable", "cut_points", ["part_type", "part"]) }}

),

cell_segments as (

    {{ rfm_cell_segments("scored", "segment_map") }}

),

rfm_part_scores as (

    select
        rfm_part_values.*,
        scored.r_score,
        scored.f_score,
        scored.m_score,
        scored.rfm_score,
        cell_segments.segment_code
    from rfm_part_values
    left join scored
        on
            rfm_part_values.one_id = scored.one_id
            and rfm_part_values.part_type = scored.part_type
            and rfm_part_values.part = scored.part
    left join cell_segments
        on
            scored.r_score = cell_segments.r_score
            and scored.f_score = cell_segments.f_score
            and scored.m_score = cell_segments.m_score
            and scored.r_above = cell_segments.r_above
            and scored.f_above = cell_segments.f_above
            and scored.m_above = cell_segments.m_above

)

select
    cast(one_id as string) as one_id,
    cast(part_type as string) as part_type,
    cast(part as string) as part,
    cast(segment_code as string) as segment_code,
    cast(recency_days as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(monetary as decimal(18, 2)) as monetary,
    cast(r_score as integer) as r_score,
    cast(f_score as integer) as f_score,
    cast(m_score as integer) as m_score,
    cast(rfm_score as decimal(9, 2)) as rfm_score,
    cast(part_customers as bigint) as part_customers,
    cast(as_of_date as date) as as_of_date
from rfm_part_scores
