{#- Customers of more records than identity_explained_profiles are for identity_review. -#}
{{ config(materialized="shortest_chains") }}

with

holders as (

    select * from {{ ref("int_identity__value_holders") }}

),

profiles as (

    select
        profile_id,
        profile_type,
        natural_key,
        first_seen_at
    from {{ ref("int_identity__profiles") }}

),

ranked as (

    select
        one_ids.profile_id,
        row_number() over (
            partition by one_ids.one_id
            order by
                profiles.first_seen_at nulls last,
                profiles.natural_key,
                profiles.profile_type
        ) as age_rank,
        count(*) over (partition by one_ids.one_id) as profile_count
    from {{ ref("int_identity__one_ids") }} as one_ids
    inner join profiles on one_ids.profile_id = profiles.profile_id

)

select
    holders.profile_id as node,
    holders.shared_value,
    holders.priority,
    ranked.age_rank = 1 as is_root
from holders
inner join ranked on holders.profile_id = ranked.profile_id
where ranked.profile_count <= {{ var("identity_explained_profiles") }}
