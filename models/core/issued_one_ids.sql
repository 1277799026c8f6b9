{#- Every id ever given out, and who it is today. -#}
with

-- every validity period of every build, however short: two builds may share one moment
periods as (

    select
        profile_id,
        one_id,
        assigned_at,
        lead(build_rank) over (
            partition by profile_id order by build_rank
        ) as ended_in
    from (
        select
            profile_id,
            one_id,
            assigned_at,
            dense_rank() over (order by assigned_at, build_number) as build_rank
        from {{ ref("int_identity__assignments") }}
    ) as assignments

),

today as (

    select
        bridge.profile_id,
        bridge.one_id,
        {{ record_key("profiles") }} as record_key
    from {{ ref("customer_profiles") }} as bridge
    inner join {{ ref("int_identity__profiles") }} as profiles
        on bridge.profile_id = profiles.profile_id

),

issued as (

    select
        one_id,
        min(issued_at) as issued_at,
        max(erased) = 1 as is_erased
    from (
        select one_id, assigned_at as issued_at, 0 as erased from periods
        union all
        select one_id, issued_at, 1 as erased from {{ ref("int_identity__erasures") }}
    ) as periods_and_erasures
    group by one_id

),

-- where those that held it last are now
last_holders as (

    select
        one_id,
        profile_id,
        row_number() over (partition by one_id, profile_id order by ended_in desc nulls first)
            as recency,
        rank() over (partition by one_id order by ended_in desc nulls first) as holder_rank
    from periods

),

heirs as (

    select
        last_holders.one_id,
        today.one_id as current_one_id,
        count(*) as profile_count,
        min(today.record_key) as first_record_key
    from last_holders
    inner join today on last_holders.profile_id = today.profile_id
    where last_holders.holder_rank = 1 and last_holders.recency = 1
    group by last_holders.one_id, today.one_id

),

ranked as (

    select
        one_id,
        current_one_id,
        row_number() over (
            partition by one_id
            order by
                case when current_one_id = one_id then 0 else 1 end,
                profile_count desc,
                first_record_key asc
        ) as heir_rank
    from heirs

),

issued_one_ids as (

    select
        issued.one_id,
        ranked.current_one_id,
        coalesce(issued.one_id = ranked.current_one_id, false) as is_current,
        ranked.current_one_id is null and not issued.is_erased as is_retired,
        issued.issued_at
    from issued
    left join ranked on issued.one_id = ranked.one_id and ranked.heir_rank = 1

)

select
    cast(one_id as string) as one_id,
    cast(current_one_id as string) as current_one_id,
    cast(is_current as boolean) as is_current,
    cast(is_retired as boolean) as is_retired,
    cast(issued_at as timestamp) as issued_at
from issued_one_ids
