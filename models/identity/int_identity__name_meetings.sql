{#-
    Where two spellings of names meet: on a value that both records carry, and at a till record
    whose card and phone are carried by others. A place of more names is nobody's.
-#}
{%- set most_names = 20 -%}
with

identifiers as (

    select profile_id, identifier_type, identifier_hash from {{ ref("int_identity__identifiers") }}

),

named as (

    select
        profile_id,
        record_type,
        full_name,
        -- a title and a surname tell a family
        coalesce(name_key, surname) as name_key
    from {{ ref("int_identity__profiles") }}
    where coalesce(name_key, surname) is not null

),

tills as (

    select
        cards.profile_id,
        cards.identifier_hash as card_hash,
        phones.identifier_hash as phone_hash
    from {{ ref("int_identity__profiles") }} as profiles
    inner join identifiers as cards
        on profiles.profile_id = cards.profile_id and cards.identifier_type = 'card'
    inner join identifiers as phones
        on profiles.profile_id = phones.profile_id and phones.identifier_type = 'phone'
    where
        profiles.record_type = 'shopper'
        and profiles.card_no is not null
        and profiles.phone is not null

),

names as (

    select distinct
        identifiers.identifier_hash as meeting_id,
        named.name_key,
        named.full_name
    from identifiers
    inner join named on identifiers.profile_id = named.profile_id
    union
    select distinct
        tills.profile_id as meeting_id,
        named.name_key,
        named.full_name
    from tills
    inner join identifiers on tills.card_hash = identifiers.identifier_hash
    inner join named
        on identifiers.profile_id = named.profile_id and named.record_type <> 'shopper'
    union
    select distinct
        tills.profile_id as meeting_id,
        named.name_key,
        named.full_name
    from tills
    inner join identifiers on tills.phone_hash = identifiers.identifier_hash
    inner join named
        on identifiers.profile_id = named.profile_id and named.record_type <> 'shopper'

),

places as (

    select meeting_id
    from names
    group by meeting_id
    having count(distinct full_name) between 2 and {{ most_names }}

),

met as (

    select names.*
    from places
    inner join names on places.meeting_id = names.meeting_id

),

name_meetings as (

    select
        met.meeting_id,
        met.name_key,
        met.full_name,
        others.name_key as other_name_key,
        others.full_name as other_full_name
    from met
    inner join met as others
        on met.meeting_id = others.meeting_id and met.full_name <> others.full_name

)

select * from name_meetings
