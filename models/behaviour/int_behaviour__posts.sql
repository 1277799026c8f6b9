{%- set post_id -%}
    source_system || '-' || case when post_type = 'like' then 'like' else 'post' end
    || '-' || source_post_id
{%- endset -%}
{%- call change_log.changed_keys(["post_id"]) %}
    {{ change_log.keys_from(ref("input_posts"), [post_id], ["posted_at", "deleted_at"]) }}
{% endcall -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

posts as (

    select
        *,
        {{ post_id }} as post_id
    from {{ ref("input_posts") }}
    {{ change_log.only_changed("where", [post_id]) }}

)

select
    cast(posts.post_id as string) as post_id,
    cast(
        {{ profile_id("posts.record_system", "posts.record_type", "posts.natural_key") }} as string
    ) as profile_id,
    cast(posts.source_system as string) as source_system,
    cast(posts.post_type as string) as post_type,
    cast(posts.source_system || '-post-' || posts.source_parent_id as string) as parent_post_id,
    cast(posts.topic as string) as topic,
    cast(posts.product_id as string) as product_id,
    cast(coalesce(posts.deleted_at <= as_of.as_of_at, false) as boolean) as is_deleted,
    cast({{ business_date("posts.posted_at") }} as date) as posted_date,
    cast(posts.posted_at as timestamp) as posted_at
from posts
cross join as_of
where posts.posted_at <= as_of.as_of_at
