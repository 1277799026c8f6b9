{#- A new system adds a select. -#}
with

reviews as (

    select
        'web' as source_system,
        review_id,
        'web' as record_system,
        'account' as record_type,
        user_id as natural_key,
        'web' as channel,
        'web-' || order_id as order_id,
        product_id,
        rating,
        is_verified,
        reviewed_at,
        loaded_at
    from {{ ref("stg_web__reviews") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(review_id as string) as review_id,
    cast(record_system as string) as record_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(channel as string) as channel,
    cast(order_id as string) as order_id,
    cast(product_id as string) as product_id,
    cast(rating as integer) as rating,
    cast(is_verified as boolean) as is_verified,
    cast(reviewed_at as timestamp) as reviewed_at,
    cast(loaded_at as timestamp) as loaded_at
from reviews
