with

rfm_values as (

    select * from {{ ref("int_rfm__values") }}

),

cut_points as (

    select * from {{ ref("int_rfm__cut_points") }}

),

rfm_scores as (

    {{ rfm_scored("rfm_values", "cut_points") }}

)

select
    cast(one_id as string) as one_id,
    cast(recency_days as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(monetary as decimal(18, 2)) as monetary,
    cast(r_score as integer) as r_score,
    cast(f_score as integer) as f_score,
    cast(m_score as integer) as m_score,
    cast(rfm_score as decimal(9, 2)) as rfm_score,
    cast(r_above as integer) as r_above,
    cast(f_above as integer) as f_above,
    cast(m_above as integer) as m_above,
    cast(as_of_date as date) as as_of_date
from rfm_scores
