with

rfm_values as (

    select * from {{ ref("int_rfm__values") }}

),

cut_points as (

    {{ rfm_cut_points("rfm_values", ref("rfm_cuts")) }}

)

select
    cast('{{ setting("rfm_scoring") }}' as string) as rfm_scoring,
    cast(measure as string) as measure,
    cast(cut_1 as double) as cut_1,
    cast(cut_2 as double) as cut_2,
    cast(cut_3 as double) as cut_3,
    cast(cut_4 as double) as cut_4
from cut_points
