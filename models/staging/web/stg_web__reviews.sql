with

accepted as (

    select * from {{ ref("base_web__reviews") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    review_id,
    user_id,
    order_id,
    product_id,
    review_text,
    rating,
    is_verified,
    reviewed_at,
    loaded_at
from accepted
