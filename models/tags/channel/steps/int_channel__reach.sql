{#-
    Whether an outreach channel is open to a customer, with the reason where it is not.
    No record of consent is no consent, as for audiences.
-#}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

customers as (

    select one_id from {{ ref("customers") }}
    where is_identified

),

consents as (

    select
        one_id,
        channel,
        is_granted
    from {{ ref("customer_consents") }}

),

-- a value that many customers share reaches another customer
identifiers as (

    select distinct
        one_id,
        identifier_type
    from {{ ref("customer_identifiers") }}
    where identifier_type in ('phone', 'email') and not is_suspect

),

followers as (

    select distinct customer_profiles.one_id
    from {{ ref("input_people") }} as people
    inner join customer_profiles
        on
            {{ profile_id("people.source_system", "people.record_type", "people.natural_key") }}
            = customer_profiles.profile_id
    cross join as_of
    -- an account may know users without a date of subscribing, never one of the future
    where
        people.record_type = 'user'
        and coalesce(people.registered_at <= as_of.as_of_at, true)
        and (
            people.left_at is null
            or people.left_at > as_of.as_of_at
            or people.registered_at > people.left_at
        )

),

-- an app pushes without an address of its own
channels as (

    select 'sms' as channel, 'phone' as identifier_type
    union all
    select 'phone' as channel, 'phone' as identifier_type
    union all
    select 'email' as channel, 'email' as identifier_type
    union all
    select 'wechat' as channel, 'openid' as identifier_type
    union all
    select 'app_push' as channel, 'none' as identifier_type

),

contact_responses as (

    select
        one_id,
        channel,
        attempts,
        contacts
    from {{ ref("int_channel__contact_responses") }}

),

consent_records as (

    select is_recorded from {{ ref("int_tags__consent_records") }}

),

channel_reach as (

    select
        customers.one_id,
        channels.channel,
        coalesce(consents.is_granted, false) as is_consented,
        case channels.channel
            when 'wechat' then followers.one_id is not null
            when 'app_push' then true
            else identifiers.one_id is not null
        end as has_valid_contact,
        coalesce(contact_responses.attempts >= 2 and contact_responses.contacts = 0, false)
            as is_bounced,
        consent_records.is_recorded,
        count(case when not consents.is_granted then 1 end) over (
            partition by customers.one_id
        ) as refused_channels,
        count(*) over (partition by customers.one_id) as channels
    from customers
    cross join channels
    cross join consent_records
    left join consents
        on
            customers.one_id = consents.one_id
            and channels.channel = consents.channel
    left join identifiers
        on
            customers.one_id = identifiers.one_id
            and channels.identifier_type = identifiers.identifier_type
    left join followers
        on customers.one_id = followers.one_id
    left join contact_responses
        on
            customers.one_id = contact_responses.one_id
            and channels.channel = contact_responses.channel

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(
        case
            when not is_consented then 'no_consent'
            when not has_valid_contact then 'no_contact'
            when is_bounced then 'all_bounced'
        end as string
    ) as barred_by,
    cast(is_consented as boolean) as is_consented,
    cast(has_valid_contact as boolean) as has_valid_contact,
    cast(is_bounced as boolean) as is_bounced
from channel_reach
-- where no consent was ever asked for, only who refused every channel is known
where is_recorded or refused_channels = channels
