with

candidates as (

    select * from {{ ref("int_identity__candidates") }}

),

refusals as (

    select * from {{ ref("int_identity__refusals") }}

),

links as (

    select
        candidates.profile_id,
        candidates.linked_profile_id,
        candidates.rule,
        candidates.identifier_hash,
        candidates.tier,
        candidates.priority
    from candidates
    left join refusals
        on
            candidates.profile_id = refusals.profile_id
            and candidates.linked_profile_id = refusals.linked_profile_id
            and candidates.rule = refusals.rule
            and candidates.identifier_hash = refusals.identifier_hash
    where refusals.profile_id is null

)

select * from links
