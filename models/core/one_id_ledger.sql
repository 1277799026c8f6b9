with

assignments as (

    select * from {{ ref("int_identity__assignments") }}

),

changes as (

    select
        build_number,
        previous_one_id,
        one_id,
        change_reason,
        assigned_at,
        count(*) as profile_count
    from assignments
    group by build_number, previous_one_id, one_id, change_reason, assigned_at

),

-- new profiles are an event only where they make a new customer of their own, and once: a
-- past date that is built later meets customers that later dates have
births as (

    select one_id, build_number
    from (
        select
            one_id,
            build_number,
            row_number() over (
                partition by one_id order by min(assigned_at), build_number
            ) as birth_rank
        from changes
        group by one_id, build_number
        having
            sum(case when change_reason = 'created' then 1 else 0 end) > 0
            and sum(case when change_reason = 'split' then 1 else 0 end) = 0
    ) as ranked
    where birth_rank = 1

),

events as (

    select
        changes.build_number,
        changes.one_id,
        cast(null as string) as into_one_id,
        changes.change_reason as event,
        'new profiles that share no accepted identifier with a known customer' as reason,
        changes.profile_count,
        changes.assigned_at as event_at
    from changes
    inner join births
        on changes.one_id = births.one_id and changes.build_number = births.build_number
    where changes.change_reason = 'created'
    union all
    select
        build_number,
        previous_one_id as one_id,
        case when one_id <> previous_one_id then one_id end as into_one_id,
        change_reason as event,
        case
            when change_reason = 'retired' then 'none of its profiles is in any source any more'
            when one_id = previous_one_id then 'its profiles are in a source again'
            when change_reason = 'merged'
                then 'a link joined two customers; the older id stays'
            when change_reason = 'moved'
                then 'profiles are linked to another customer now; both ids stay'
            when change_reason = 'split'
                then 'no link holds the profiles together; the smaller part gets a new id'
            else 'profiles were set free again and take back the id they had before'
        end as reason,
        profile_count,
        assigned_at as event_at
    from changes
    where previous_one_id is not null
    union all
    select
        cast(null as bigint) as build_number,
        one_id,
        cast(null as string) as into_one_id,
        'erased' as event,
        'the person is erased, and kept out' as reason,
        profile_count,
        erased_at as event_at
    from {{ ref("int_identity__erasures") }}

)

select
    cast({{ keyed_hash(
        "coalesce(cast(build_number as string), '') || '|' || event || '|' || one_id || '|' || "
        ~ "coalesce(into_one_id, '')"
    ) }} as string) as ledger_event_id,
    cast(one_id as string) as one_id,
    cast(into_one_id as string) as into_one_id,
    cast(event as string) as event,
    cast(reason as string) as reason,
    cast(profile_count as bigint) as profile_count,
    cast(event_at as timestamp) as event_at
from events
