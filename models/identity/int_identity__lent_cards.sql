{#-
    Cards of till records that are not counted: the phone that was given beside it is somebody
    else's, by name, or one of more than a customer may have.
-#}
{{- change_log.all_keys(["profile_id", "identifier_hash"]) -}}
with

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}

),

blocklist as (

    select * from {{ ref("identifier_blocklist") }}
    where identifier_type = 'phone'

),

named_people as (

    select * from {{ ref("int_identity__named_people") }}

),

profiles as (

    select
        profile_id,
        record_type,
        full_name,
        coalesce(name_key, surname) as name_key
    from {{ ref("int_identity__profiles") }}

),

agreements as (

    select * from {{ ref("int_identity__name_agreements") }}

),

caps as (

    select max_per_customer from {{ ref("identifier_types") }}
    where identifier_type = 'phone'

),

cards as (

    select
        identifiers.profile_id,
        identifiers.identifier_hash as card_hash,
        profiles.record_type,
        profiles.full_name,
        profiles.name_key
    from identifiers
    inner join profiles on identifiers.profile_id = profiles.profile_id
    where identifiers.identifier_type = 'card'

),

-- what the blocklist says of a phone counts before any rule
listed_phones as (

    select
        identifiers.identifier_hash,
        bool_and(blocklist.is_blocked) as is_blocked
    from identifiers
    inner join blocklist
        on
            identifiers.identifier_value = blocklist.pattern
            or (
                blocklist.match_kind = 'like'
                and identifiers.identifier_value like blocklist.pattern
            )
    where identifiers.identifier_type = 'phone'
    group by identifiers.identifier_hash

),

phones as (

    select
        identifiers.profile_id,
        identifiers.identifier_hash as phone_hash,
        profiles.record_type,
        profiles.full_name,
        profiles.name_key
    from identifiers
    inner join profiles on identifiers.profile_id = profiles.profile_id
    left join listed_phones
        on identifiers.identifier_hash = listed_phones.identifier_hash
    where
        identifiers.identifier_type = 'phone'
        and not coalesce(
            listed_phones.is_blocked,
            {{ function("is_placeholder_phone") }}(identifiers.identifier_value)
        )

),

-- a phone of one person by name, which a household's is not
phones_of_one as (

    select phones.phone_hash
    from phones
    left join named_people
        on
            phones.phone_hash = named_people.identifier_hash
            and phones.name_key = named_people.name_key
    where phones.record_type <> 'shopper' and phones.name_key is not null
    group by phones.phone_hash
    having
        count(
            distinct case
                when named_people.identifier_hash is null then phones.name_key
                else named_people.person_name
            end
        ) = 1

),

-- what a record shows of both; a till's says that the two were given together
shown as (

    select
        cards.profile_id,
        cards.card_hash,
        phones.phone_hash,
        cards.record_type
    from cards
    inner join phones on cards.profile_id = phones.profile_id

),

tills as (

    select profile_id, card_hash, phone_hash from shown
    where record_type = 'shopper'

),

own_phones as (

    select distinct card_hash, phone_hash from shown
    where record_type <> 'shopper'

),

card_phones as (

    select
        card_hash,
        count(distinct phone_hash) as phone_count
    from shown
    group by card_hash

),

-- the names of those who have the card, and of those who have the phone
compared as (

    select
        tills.profile_id,
        tills.card_hash,
        bool_or(
            cards.name_key = phones.name_key
            or cards.full_name = phones.full_name
            or coalesce(agreements.agreement, 'different') <> 'different'
            or coalesce(reversed.agreement, 'different') <> 'different'
        ) as may_be_one
    from tills
    inner join cards
        on
            tills.card_hash = cards.card_hash
            and cards.record_type <> 'shopper'
            and cards.name_key is not null
    inner join phones_of_one on tills.phone_hash = phones_of_one.phone_hash
    inner join phones
        on
            tills.phone_hash = phones.phone_hash
            and phones.record_type <> 'shopper'
            and phones.name_key is not null
    left join agreements
        on
            cards.full_name = agreements.full_name
            and phones.full_name = agreements.other_full_name
    left join agreements as reversed
        on
            cards.full_name = reversed.other_full_name
            and phones.full_name = reversed.full_name
    group by tills.profile_id, tills.card_hash

),

lent_cards as (

    select
        tills.profile_id,
        tills.card_hash as identifier_hash,
        tills.phone_hash,
        case
            when not compared.may_be_one then 'another_holder'
            else 'too_many_phones'
        end as lent_reason
    from tills
    inner join card_phones on tills.card_hash = card_phones.card_hash
    left join own_phones
        on
            tills.card_hash = own_phones.card_hash
            and tills.phone_hash = own_phones.phone_hash
    left join compared
        on tills.profile_id = compared.profile_id and tills.card_hash = compared.card_hash
    where
        own_phones.card_hash is null
        and (
            not compared.may_be_one
            or card_phones.phone_count > (select max_per_customer from caps)
        )

)

select * from lent_cards
