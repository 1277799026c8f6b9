with

accepted as (

    select * from {{ ref("base_crm__members") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    member_id,
    card_no,
    full_name,
    gender,
    birth_date_issue,
    phone,
    email,
    province,
    city,
    address,
    card_level,
    joined_store_id,
    join_channel,
    unionid,
    status,
    age_band,
    income_band,
    marital_status,
    household_size,
    kids_count,
    home_ownership,
    birth_date,
    joined_at,
    updated_at,
    loaded_at
from accepted
