with

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}
    where identifier_type in ('phone', 'email', 'openid')

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

suspects as (

    select * from {{ ref("int_identity__suspect_identifiers") }}

),

consents as (

    select * from {{ ref("int_identity__consents") }}

),

contacts as (

    select
        one_ids.one_id,
        identifiers.identifier_type as contact_type,
        identifiers.identifier_value as contact_value,
        count(suspects.profile_id) = count(*) as is_suspect,
        max(identifiers.last_seen_at) as last_seen_at
    from identifiers
    inner join one_ids on identifiers.profile_id = one_ids.profile_id
    left join suspects
        on
            identifiers.profile_id = suspects.profile_id
            and identifiers.identifier_hash = suspects.identifier_hash
    group by one_ids.one_id, identifiers.identifier_type, identifiers.identifier_value

),

granted as (

    select distinct
        one_id,
        case channel
            when 'sms' then 'phone'
            when 'phone' then 'phone'
            when 'email' then 'email'
            when 'wechat' then 'openid'
        end as contact_type
    from consents
    where is_granted

)

select
    cast(contacts.one_id as string) as one_id,
    cast(contacts.contact_type as string) as contact_type,
    cast(contacts.contact_value as string) as contact_value,
    cast(contacts.is_suspect as boolean) as is_suspect,
    cast(granted.one_id is not null and not contacts.is_suspect as boolean) as is_contactable,
    cast(contacts.last_seen_at as timestamp) as last_seen_at
from contacts
left join granted
    on
        contacts.one_id = granted.one_id
        and contacts.contact_type = granted.contact_type
