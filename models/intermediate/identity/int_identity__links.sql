with

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}

),

guards as (

    select * from {{ ref("int_identity__guards") }}

),

profiles as (

    select profile_id, name_key from {{ ref("int_identity__profiles") }}

),

-- a guarded value joins nobody, or only people of one name
joinable as (

    select
        identifiers.profile_id,
        identifiers.identifier_type,
        identifiers.identifier_hash,
        identifiers.identifier_value,
        cast(null as varchar) as name_key
    from identifiers
    left join guards
        on
            identifiers.identifier_type = guards.identifier_type
            and identifiers.identifier_value = guards.identifier_value
    where guards.identifier_value is null
    union all
    select
        identifiers.profile_id,
        identifiers.identifier_type || '_and_name' as identifier_type,
        identifiers.identifier_hash,
        identifiers.identifier_value,
        profiles.name_key
    from identifiers
    inner join guards
        on
            identifiers.identifier_type = guards.identifier_type
            and identifiers.identifier_value = guards.identifier_value
            and guards.links_by_name
    inner join profiles
        on
            identifiers.profile_id = profiles.profile_id
            and profiles.name_key is not null

),

-- one profile stands for all that carry a value, so that n carriers make n - 1 links
hubs as (

    select
        profile_id,
        identifier_type,
        identifier_hash,
        min(profile_id) over (
            partition by identifier_type, identifier_value, name_key
        ) as linked_profile_id
    from joinable

),

links as (

    select
        profile_id,
        linked_profile_id,
        identifier_type as rule,
        identifier_hash
    from hubs
    where profile_id <> linked_profile_id

)

select * from links
