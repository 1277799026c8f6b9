with

accepted as (

    select * from {{ ref("base_pos__products") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    product_id,
    product_name,
    brand,
    department,
    category,
    subcategory,
    colour,
    list_price,
    launched_on as launched_date,
    loaded_at
from accepted
