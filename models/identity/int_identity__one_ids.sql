{{- change_log.all_keys(["profile_id"]) -}}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

profiles as (

    select profile_id from {{ ref("int_identity__profiles") }}

),

assignments as (

    select
        profile_id,
        one_id,
        assigned_at,
        row_number() over (
            partition by profile_id
            order by assigned_at desc, build_number desc
        ) as recency
    from {{ ref("int_identity__assignments") }}
    where assigned_at <= (select as_of_at from as_of)

),

one_ids as (

    select
        profiles.profile_id,
        assignments.one_id,
        assignments.assigned_at
    from profiles
    inner join assignments
        on profiles.profile_id = assignments.profile_id and assignments.recency = 1

)

select * from one_ids
