with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

consents as (

    select
        {{ profile_id_crm_member("member_id") }} as profile_id,
        channel,
        is_granted,
        changed_at
    from {{ ref("stg_crm__member_consents") }}
    where changed_at <= (select as_of_at from as_of)

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

-- the last word counts; of two at one moment the refusal
latest as (

    select
        one_ids.one_id,
        consents.channel,
        consents.is_granted,
        consents.changed_at,
        row_number() over (
            partition by one_ids.one_id, consents.channel
            order by consents.changed_at desc, consents.is_granted asc
        ) as recency
    from consents
    inner join one_ids on consents.profile_id = one_ids.profile_id

)

select
    one_id,
    channel,
    is_granted,
    changed_at
from latest
where recency = 1
