{#- A new system adds a select: posts and replies, likes. What they say stays in staging. -#}
with

posts as (

    select
        'community' as source_system,
        case when parent_post_id is null then 'post' else 'reply' end as post_type,
        post_id as source_post_id,
        'community' as record_system,
        'account' as record_type,
        user_id as natural_key,
        parent_post_id as source_parent_id,
        topic,
        product_id,
        posted_at,
        deleted_at,
        loaded_at
    from {{ ref("stg_community__posts") }}
    where reject_reason is null and not is_exact_duplicate

    union all

    select
        'community' as source_system,
        'like' as post_type,
        like_id as source_post_id,
        'community' as record_system,
        'account' as record_type,
        user_id as natural_key,
        post_id as source_parent_id,
        cast(null as string) as topic,
        cast(null as string) as product_id,
        liked_at as posted_at,
        cast(null as timestamp) as deleted_at,
        loaded_at
    from {{ ref("stg_community__likes") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(post_type as string) as post_type,
    cast(source_post_id as string) as source_post_id,
    cast(record_system as string) as record_system,
    cast(record_type as string) as record_type,
    cast(natural_key as string) as natural_key,
    cast(source_parent_id as string) as source_parent_id,
    cast(topic as string) as topic,
    cast(product_id as string) as product_id,
    cast(posted_at as timestamp) as posted_at,
    cast(deleted_at as timestamp) as deleted_at,
    cast(loaded_at as timestamp) as loaded_at
from posts
