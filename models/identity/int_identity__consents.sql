{#-
    What each customer last said about each channel. To unsubscribe is to withdraw
    consent to the channel of the message.
-#}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

consent_changes as (

    select
        {{ profile_id("consents.record_system", "consents.record_type", "consents.natural_key") }}
            as profile_id,
        consents.channel,
        'consent' as basis,
        coalesce(consents.is_granted, false) as is_granted,
        consents.changed_at
    from {{ ref("input_consents") }} as consents
    cross join as_of
    where consents.changed_at <= as_of.as_of_at

    union all

    select
        profile_id,
        channel,
        'unsubscribe' as basis,
        false as is_granted,
        unsubscribed_at as changed_at
    from {{ ref("int_behaviour__touches") }}
    where is_unsubscribed and profile_id is not null and channel is not null

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

-- the last word counts; of two at one moment the refusal
latest as (

    select
        one_ids.one_id,
        consent_changes.channel,
        consent_changes.basis,
        consent_changes.is_granted,
        consent_changes.changed_at,
        row_number() over (
            partition by one_ids.one_id, consent_changes.channel
            order by
                consent_changes.changed_at desc,
                consent_changes.is_granted asc,
                consent_changes.basis desc
        ) as recency,
        min(case when consent_changes.is_granted then consent_changes.changed_at end) over (
            partition by one_ids.one_id, consent_changes.channel
        ) as first_granted_at
    from consent_changes
    inner join one_ids on consent_changes.profile_id = one_ids.profile_id

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(basis as string) as basis,
    cast(is_granted as boolean) as is_granted,
    cast(first_granted_at as timestamp) as first_granted_at,
    cast(changed_at as timestamp) as changed_at
from latest
where recency = 1
