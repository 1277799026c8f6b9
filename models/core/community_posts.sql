{#- A view: when customers merge or split only core.customer_profiles changes. -#}
with

posts as (

    select * from {{ ref("int_behaviour__posts") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

)

select
    cast(posts.post_id as string) as post_id,
    cast(customer_profiles.one_id as string) as one_id,
    cast(parent_profiles.one_id as string) as parent_one_id,
    cast(posts.profile_id as string) as profile_id,
    cast(posts.source_system as string) as source_system,
    cast(posts.post_type as string) as post_type,
    cast(posts.parent_post_id as string) as parent_post_id,
    cast(posts.topic as string) as topic,
    cast(posts.product_id as string) as product_id,
    cast(posts.is_deleted as boolean) as is_deleted,
    cast(posts.posted_date as date) as posted_date,
    cast(posts.posted_at as timestamp) as posted_at
from posts
left join customer_profiles
    on posts.profile_id = customer_profiles.profile_id
left join posts as parents
    on posts.parent_post_id = parents.post_id
left join customer_profiles as parent_profiles
    on parents.profile_id = parent_profiles.profile_id
