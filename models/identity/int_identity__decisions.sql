with

force_link as (

    select * from {{ ref("force_link") }}

),

never_link as (

    select * from {{ ref("never_link") }}

),

unmerge as (

    select * from {{ ref("unmerge") }}

),

unbind as (

    select * from {{ ref("unbind") }}

),

unioned as (

    select
        'force_link' as decision, profile_id, other_profile_id,
        null as identifier_hash, null as released_date, decided_by, decided_at, reason
    from force_link
    union all
    select
        'never_link' as decision, profile_id, other_profile_id,
        null as identifier_hash, null as released_date, decided_by, decided_at, reason
    from never_link
    union all
    select
        'unmerge' as decision, profile_id, null as other_profile_id,
        null as identifier_hash, null as released_date, decided_by, decided_at, reason
    from unmerge
    union all
    select
        'unbind' as decision, profile_id, null as other_profile_id,
        identifier_hash, released_date, decided_by, decided_at, reason
    from unbind

),

-- a pair is the same pair either way round, and written down both ways round it is said once
decisions as (

    select distinct
        decision,
        case when other_profile_id < profile_id then other_profile_id else profile_id end
            as profile_id,
        case when other_profile_id < profile_id then profile_id else other_profile_id end
            as other_profile_id,
        identifier_hash,
        released_date,
        decided_by,
        decided_at,
        reason
    from unioned

)

select * from decisions
