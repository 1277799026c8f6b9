{#-
    The append-only log of identity: never rebuilt, so that ids survive
    new rules, new data and --full-refresh.
-#}
{{ config(materialized="incremental", incremental_strategy="append", full_refresh=false) }}

with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

profiles as (

    select
        profiles.profile_id,
        {{ record_key("profiles") }} as record_key,
        profiles.first_seen_at
    from {{ ref("int_identity__profiles") }} as profiles

),

clusters as (

    select * from {{ ref("int_identity__capped_clusters") }}

),

-- an id of somebody who was erased is given to nobody again
erasures as (

    select one_id from {{ ref("int_identity__erasures") }}

),

history as (

    {% if is_incremental() -%}
    select * from {{ this }}
    {%- else -%}
        select
            cast(null as string) as profile_id,
            cast(null as string) as one_id,
            cast(null as string) as previous_one_id,
            cast(null as string) as founder_profile_id,
            cast(null as string) as change_reason,
            cast(null as bigint) as build_number,
            cast(null as timestamp) as assigned_at
        where false
    {%- endif %}

),

members as (

    select
        profiles.profile_id,
        profiles.record_key,
        profiles.first_seen_at,
        coalesce(clusters.component, profiles.profile_id) as cluster_id
    from profiles
    left join clusters on profiles.profile_id = clusters.node

),

-- what was held on the date: the last assignment up to it
held as (

    select
        profile_id,
        max_by(one_id, build_number) as one_id,
        coalesce(max_by(change_reason, build_number) = 'retired', false) as is_retired
    from (
        select
            history.profile_id,
            history.one_id,
            history.change_reason,
            history.build_number,
            history.assigned_at,
            max(history.assigned_at) over (partition by history.profile_id) as last_assigned_at
        from history
        where history.assigned_at <= (select as_of_at from as_of)
    ) as up_to_date
    where assigned_at = last_assigned_at
    group by profile_id

),

issued as (

    select
        one_id,
        min(founder_profile_id) as founder_profile_id,
        min(assigned_at) as issued_at,
        min(build_number) as issued_in_build
    from history
    group by one_id

),

-- an id goes with the largest part of those that hold it …
holdings as (

    select
        members.cluster_id,
        held.one_id,
        count(*) as profile_count,
        -- ties go by natural keys, which no salt changes
        min(members.record_key) as first_record_key
    from members
    inner join held on members.profile_id = held.profile_id
    left join erasures on held.one_id = erasures.one_id
    where erasures.one_id is null
    group by members.cluster_id, held.one_id

),

preferred as (

    select
        cluster_id,
        one_id,
        profile_count,
        first_record_key,
        row_number() over (
            partition by one_id order by profile_count desc, first_record_key asc
        ) as cluster_rank
    from holdings

),

-- … and among the ids that want one cluster the oldest wins, of those of one build the one
-- with the most holders here
kept as (

    select cluster_id, one_id
    from (
        select
            preferred.cluster_id,
            preferred.one_id,
            row_number() over (
                partition by preferred.cluster_id
                order by
                    issued.issued_at asc, issued.issued_in_build asc,
                    preferred.profile_count desc, preferred.first_record_key asc
            ) as id_rank
        from preferred
        inner join issued on preferred.one_id = issued.one_id
        where preferred.cluster_rank = 1
    ) as ranked
    where id_rank = 1

),

-- a part that is set free again takes back the id it had before a merge
former as (

    select
        unclaimed.cluster_id,
        history.one_id,
        count(distinct unclaimed.profile_id) as profile_count,
        -- the smallest record that held it, and of several that it held the last
        min(
            unclaimed.record_key || ' '
            || lpad(cast(1000000000 - history.build_number as string), 10, '0')
        ) as first_holding
    from members as unclaimed
    left join kept on unclaimed.cluster_id = kept.cluster_id
    inner join history
        on
            unclaimed.profile_id = history.profile_id
            and history.assigned_at <= (select as_of_at from as_of)
    left join holdings as in_use on history.one_id = in_use.one_id
    left join erasures on history.one_id = erasures.one_id
    where
        kept.cluster_id is null
        and in_use.one_id is null
        and erasures.one_id is null
    group by unclaimed.cluster_id, history.one_id

),

restored as (

    select cluster_id, one_id
    from (
        select
            cluster_id,
            one_id,
            cluster_rank,
            row_number() over (
                partition by cluster_id
                order by
                    profile_count desc, first_holding asc
            ) as id_rank
        from (
            select
                cluster_id,
                one_id,
                profile_count,
                first_holding,
                row_number() over (
                    partition by one_id order by profile_count desc, first_holding asc
                ) as cluster_rank
            from former
        ) as wanted
        where cluster_rank = 1
    ) as ranked
    where id_rank = 1

),

founders as (

    select
        cluster_id,
        min_by(profile_id, founding_order) as founder_profile_id
    from (
        select
            cluster_id,
            profile_id,
            row_number() over (
                order by first_seen_at nulls last, record_key
            ) as founding_order
        from members
    ) as ordered
    group by cluster_id

),

-- a founder whose first id lives elsewhere founds a second one; ids issued after the date
-- do not count, so that a customer has the same id whether the past is built first or later
generations as (

    select
        founder_profile_id,
        count(*) as generation
    from issued
    where issued_at <= (select as_of_at from as_of)
    group by founder_profile_id

),

chosen as (

    select
        founders.cluster_id,
        coalesce(issued.founder_profile_id, founders.founder_profile_id) as founder_profile_id,
        coalesce(
            kept.one_id,
            restored.one_id,
            {{ keyed_hash(
                "'one_id|' || founders.founder_profile_id || '|' || "
                ~ "cast(coalesce(generations.generation, 0) as string)"
            ) }}
        ) as one_id,
        case
            when kept.one_id is not null then 'kept'
            when restored.one_id is not null then 'restored'
            else 'created'
        end as choice
    from founders
    left join kept on founders.cluster_id = kept.cluster_id
    left join restored on founders.cluster_id = restored.cluster_id
    left join issued on coalesce(kept.one_id, restored.one_id) = issued.one_id
    left join generations on founders.founder_profile_id = generations.founder_profile_id

),

assignments as (

    select
        members.profile_id,
        chosen.one_id,
        held.one_id as previous_one_id,
        chosen.founder_profile_id,
        case
            when held.one_id is null and chosen.choice = 'created' then 'created'
            when held.one_id is null then 'joined'
            -- back from where all of its customer's records had gone
            when held.one_id = chosen.one_id then 'restored'
            when chosen.choice = 'created' then 'split'
            when chosen.choice = 'restored' then 'restored'
            when survivors.one_id is not null then 'moved'
            else 'merged'
        end as change_reason,
        coalesce((select max(build_number) from history), 0) + 1 as build_number,
        (select as_of_at from as_of) as assigned_at
    from members
    inner join chosen on members.cluster_id = chosen.cluster_id
    left join held on members.profile_id = held.profile_id
    -- some of those that held the previous id still do
    left join chosen as survivors on held.one_id = survivors.one_id
    where held.one_id is null or held.one_id <> chosen.one_id or held.is_retired

),

-- ids whose records went into another customer since the id was last given
passed_on as (

    select previous_one_id as one_id, max(build_number) as build_number
    from history
    where
        change_reason = 'merged'
        and assigned_at <= (select as_of_at from as_of)
    group by previous_one_id

),

last_given as (

    select one_id, max(build_number) as build_number
    from history
    where
        change_reason <> 'retired'
        and assigned_at <= (select as_of_at from as_of)
    group by one_id

),

present_ids as (

    select distinct one_id from holdings

),

-- a customer of which no record is left
retired as (

    select
        held.profile_id,
        held.one_id,
        issued.founder_profile_id
    from held
    inner join issued on held.one_id = issued.one_id
    left join members on held.profile_id = members.profile_id
    left join present_ids on held.one_id = present_ids.one_id
    left join chosen on held.one_id = chosen.one_id
    left join erasures on held.one_id = erasures.one_id
    left join last_given on held.one_id = last_given.one_id
    left join passed_on
        on
            held.one_id = passed_on.one_id
            and last_given.build_number < passed_on.build_number
    where
        members.profile_id is null
        and present_ids.one_id is null
        and chosen.one_id is null
        and erasures.one_id is null
        and passed_on.one_id is null
        and not held.is_retired

),

changes as (

    select * from assignments
    union all
    select
        profile_id,
        one_id,
        one_id as previous_one_id,
        founder_profile_id,
        'retired' as change_reason,
        coalesce((select max(build_number) from history), 0) + 1 as build_number,
        (select as_of_at from as_of) as assigned_at
    from retired

)

select
    cast(profile_id as string) as profile_id,
    cast(one_id as string) as one_id,
    cast(previous_one_id as string) as previous_one_id,
    cast(founder_profile_id as string) as founder_profile_id,
    cast(change_reason as string) as change_reason,
    cast(build_number as bigint) as build_number,
    cast(assigned_at as timestamp) as assigned_at
from changes
