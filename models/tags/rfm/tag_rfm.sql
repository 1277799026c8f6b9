with

rfm_scores as (

    select * from {{ ref("int_rfm__scores") }}
    where scope = 'overall'

),

segment_names as (

    select * from {{ ref("rfm_segments") }}

),

members as (

    select * from {{ ref("rfm_cluster_members") }}

),

clusters as (

    select * from {{ ref("rfm_clusters") }}

),

fences as (

    {{ read_parameters(
        ref("rfm_parameters"),
        "reseller_suspect",
        ["frequency_fence", "monetary_fence", "recency_fence"],
    ) }}

),

tag_rfm as (

    select
        rfm_scores.*,
        segment_names.name_en as segment_name_en,
        segment_names.name_zh as segment_name_zh,
        members.cluster_id,
        clusters.segment_code as cluster_segment_code,
        cast(rfm_scores.r_score as string)
        || cast(rfm_scores.f_score as string)
        || cast(rfm_scores.m_score as string) as rfm_cell,
        rfm_scores.frequency > fences.frequency_fence
        and rfm_scores.monetary > fences.monetary_fence
        and rfm_scores.recency_days <= fences.recency_fence as is_reseller_suspect
    from rfm_scores
    left join segment_names on rfm_scores.segment_code = segment_names.segment_code
    left join members on rfm_scores.one_id = members.one_id
    left join clusters on members.cluster_id = clusters.cluster_id
    cross join fences

)

select
    cast(one_id as string) as one_id,
    cast(rfm_cell as string) as rfm_cell,
    cast(segment_code as string) as segment_code,
    cast(segment_name_en as string) as segment_name_en,
    cast(segment_name_zh as string) as segment_name_zh,
    cast(cluster_segment_code as string) as cluster_segment_code,
    cast(recency_days as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(monetary as decimal(18, 2)) as monetary,
    cast(r_score as integer) as r_score,
    cast(f_score as integer) as f_score,
    cast(m_score as integer) as m_score,
    cast(rfm_score as decimal(9, 2)) as rfm_score,
    cast(cluster_id as integer) as cluster_id,
    cast(is_reseller_suspect as boolean) as is_reseller_suspect,
    cast(as_of_date as date) as as_of_date
from tag_rfm
