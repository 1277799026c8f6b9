with

profiles as (

    select * from {{ ref("int_identity__profiles") }}

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

first_keys as (

    select
        one_ids.one_id,
        profiles.natural_key,
        profiles.profile_type,
        row_number() over (
            partition by one_ids.one_id order by profiles.natural_key, profiles.profile_type
        ) as key_rank
    from profiles
    inner join one_ids on profiles.profile_id = one_ids.profile_id

),

tie_breaks as (

    select
        one_id,
        row_number() over (order by natural_key, profile_type) as natural_key_rank
    from first_keys
    where key_rank = 1

)

select * from tie_breaks
