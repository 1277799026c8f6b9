with

rfm_part_values as (

    select * from {{ ref("int_rfm__part_values") }}
    where part_customers >= {{ setting("min_group_customers") }}

),

cut_points as (

    {{ rfm_cut_points("rfm_part_values", ref("rfm_cuts"), ["part_type", "part"]) }}

)

select
    cast(part_type as string) as part_type,
    cast(part as string) as part,
    cast(measure as string) as measure,
    cast(cut_1 as double) as cut_1,
    cast(cut_2 as double) as cut_2,
    cast(cut_3 as double) as cut_3,
    cast(cut_4 as double) as cut_4
from cut_points
