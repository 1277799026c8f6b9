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
        min(profiles.natural_key) as first_natural_key
    from profiles
    inner join one_ids on profiles.profile_id = one_ids.profile_id
    group by one_ids.one_id

),

tie_breaks as (

    select
        one_id,
        row_number() over (order by first_natural_key, one_id) as natural_key_rank
    from first_keys

)

select * from tie_breaks
