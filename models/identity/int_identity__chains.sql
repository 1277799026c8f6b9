{#- Customers of more records than identity_explained_profiles are for identity_review. -#}
{{ config(materialized="shortest_chains") }}

with

carriers as (

    select * from {{ ref("int_identity__carriers") }}

),

profiles as (

    select profile_id, first_seen_at from {{ ref("int_identity__profiles") }}

),

ranked as (

    select
        one_ids.profile_id,
        row_number() over (
            partition by one_ids.one_id
            order by profiles.first_seen_at nulls last, profiles.profile_id
        ) as age_rank,
        count(*) over (partition by one_ids.one_id) as profile_count
    from {{ ref("int_identity__one_ids") }} as one_ids
    inner join profiles on one_ids.profile_id = profiles.profile_id

)

select
    carriers.profile_id as node,
    carriers.shared_value as hub,
    carriers.priority as strength,
    ranked.age_rank = 1 as is_root
from carriers
inner join ranked on carriers.profile_id = ranked.profile_id
where ranked.profile_count <= {{ var("identity_explained_profiles") }}
