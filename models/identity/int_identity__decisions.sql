{#- Every decision has a who, a when and a why, and none speaks against another. -#}
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

unioned as (

    select 'force_link' as decision, profile_id, other_profile_id, decided_by, decided_at, reason
    from force_link
    union all
    select 'never_link' as decision, profile_id, other_profile_id, decided_by, decided_at, reason
    from never_link
    union all
    select
        'unmerge' as decision, profile_id, null as other_profile_id,
        decided_by, decided_at, reason
    from unmerge

),

-- a pair is the same pair either way round
paired as (

    select distinct
        decision,
        case when other_profile_id < profile_id then other_profile_id else profile_id end
            as profile_id,
        case when other_profile_id < profile_id then profile_id else other_profile_id end
            as other_profile_id,
        decided_by,
        decided_at,
        reason,
        'seed ' || decision || ', row ' || coalesce(profile_id, '(empty)')
        || case
            when decision = 'unmerge' then ''
            else ' and ' || coalesce(other_profile_id, '(empty)')
        end as row_name,
        coalesce(decided_by, 'nobody') || ' on ' || coalesce(cast(decided_at as string), '(empty)')
            as decided
    from unioned

),

contradictions as (

    select
        decisions.profile_id,
        decisions.other_profile_id,
        min(
            'force_link by ' || decisions.decided || ' and ' || others.decision || ' by '
            || others.decided || ' contradict each other about ' || others.profile_id
            || coalesce(' and ' || others.other_profile_id, '')
        ) as fault
    from paired as decisions
    inner join paired as others
        on
            (
                others.decision = 'never_link'
                and decisions.profile_id = others.profile_id
                and decisions.other_profile_id = others.other_profile_id
            )
            or (
                others.decision = 'unmerge'
                and (
                    decisions.profile_id = others.profile_id
                    or decisions.other_profile_id = others.profile_id
                )
            )
    where decisions.decision = 'force_link'
    group by decisions.profile_id, decisions.other_profile_id

),

-- written down both ways round it is said once
decisions as (

    select distinct
        paired.decision,
        case
            when
                paired.profile_id is null
                or (paired.decision <> 'unmerge' and paired.other_profile_id is null)
                then {{ stop_build("paired.row_name || ': a profile_id is missing'") }}
            when paired.profile_id = paired.other_profile_id
                then {{ stop_build(
                    "paired.row_name || ': a profile cannot be paired with itself'"
                ) }}
            when paired.decided_by is null or paired.decided_at is null or paired.reason is null
                then {{ stop_build(
                    "paired.row_name || ': decided_by, decided_at and reason must be given'"
                ) }}
            when contradictions.fault is not null
                then {{ stop_build("'seeds of decisions: ' || contradictions.fault") }}
            else paired.profile_id
        end as profile_id,
        paired.other_profile_id,
        paired.decided_by,
        paired.decided_at,
        paired.reason
    from paired
    left join contradictions
        on
            paired.decision = 'force_link'
            and paired.profile_id = contradictions.profile_id
            and paired.other_profile_id = contradictions.other_profile_id

)

select * from decisions
