with

accepted as (

    select * from {{ ref("base_web__events") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    event_id,
    anonymous_id,
    user_id,
    event,
    page_path,
    product_id,
    brand,
    search_query,
    utm_source,
    utm_medium,
    utm_campaign,
    device_type,
    referrer,
    order_id,
    engaged_seconds,
    occurred_at,
    received_at,
    loaded_at
from accepted
