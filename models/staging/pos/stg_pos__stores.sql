with

accepted as (

    select * from {{ ref("base_pos__stores") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    store_id,
    store_name,
    province,
    city,
    store_type,
    opened_on as opened_date,
    loaded_at
from accepted
