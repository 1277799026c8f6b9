with

profiles as (

    select * from {{ ref("int_identity__profiles") }}

),

one_ids as (

    select * from {{ ref("int_identity__one_ids") }}

),

links as (

    select * from {{ ref("int_identity__links") }}

),

-- a link speaks for both its ends
ends as (

    select profile_id, rule, priority from links
    union all
    select linked_profile_id as profile_id, rule, priority from links

),

strongest as (

    select
        profile_id,
        min_by(rule, priority) as rule
    from ends
    group by profile_id

),

customer_profiles as (

    select
        profiles.profile_id,
        one_ids.one_id,
        profiles.source_system,
        profiles.profile_type,
        profiles.record_type,
        profiles.natural_key_hash,
        coalesce(strongest.rule, 'alone') as joined_by,
        profiles.first_seen_at,
        profiles.last_seen_at,
        one_ids.assigned_at as joined_at
    from profiles
    inner join one_ids on profiles.profile_id = one_ids.profile_id
    left join strongest on profiles.profile_id = strongest.profile_id

)

select
    cast(profile_id as string) as profile_id,
    cast(one_id as string) as one_id,
    cast(source_system as string) as source_system,
    cast(profile_type as string) as profile_type,
    cast(record_type as string) as record_type,
    cast(natural_key_hash as string) as natural_key_hash,
    cast(joined_by as string) as joined_by,
    cast(first_seen_at as timestamp) as first_seen_at,
    cast(last_seen_at as timestamp) as last_seen_at,
    cast(joined_at as timestamp) as joined_at
from customer_profiles
