with

accepted as (

    select * from {{ ref("base_web__accounts") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    user_id,
    email,
    phone,
    full_name,
    gender,
    birth_date_issue,
    province,
    city,
    unionid,
    birth_date,
    registered_at,
    updated_at,
    loaded_at
from accepted
