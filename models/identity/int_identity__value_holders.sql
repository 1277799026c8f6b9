with

links as (

    select * from {{ ref("int_identity__links") }}

),

shared_values as (

    select * from {{ ref("int_identity__shared_values") }}

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

ends as (

    select profile_id, identifier_hash, priority from links
    union all
    select linked_profile_id as profile_id, identifier_hash, priority from links

),

strongest as (

    select
        profile_id,
        identifier_hash,
        min(priority) as priority
    from ends
    group by profile_id, identifier_hash

),

holders as (

    select
        strongest.profile_id,
        one_ids.one_id,
        shared_values.component as shared_value,
        strongest.identifier_hash,
        strongest.priority
    from strongest
    inner join shared_values
        on strongest.profile_id || '|' || strongest.identifier_hash = shared_values.node
    inner join one_ids on strongest.profile_id = one_ids.profile_id

)

select * from holders
