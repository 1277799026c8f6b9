{#-
    Who has objected to a purpose, as one360 object noted it: by the keyed hashes of her records and
    of the identifiers that nobody else had, so that it holds for what is delivered later. A card
    that was lent is its holder's.
-#}
with

objections as (

    select * from {{ erasure_table("objections") }}

),

has_objections as (

    select count(*) > 0 as has_any from objections

),

erasure_key as (

    select * from {{ erasure_table("erasure_key") }}

),

lent_cards as (

    select
        profile_id,
        identifier_hash
    from {{ ref("int_identity__lent_cards") }}

),

named as (

    select
        profile_id,
        'record|' || source_system || '|' || profile_type || '|' || natural_key as named_by
    from {{ ref("int_identity__profiles") }}
    union all
    select
        identifiers.profile_id,
        'identifier|' || identifiers.identifier_type || '|' || coalesce(identifiers.namespace, '')
        || '|' || identifiers.identifier_value as named_by
    from {{ ref("int_identity__identifiers") }} as identifiers
    left join lent_cards
        on
            identifiers.profile_id = lent_cards.profile_id
            and identifiers.identifier_hash = lent_cards.identifier_hash
    where lent_cards.profile_id is null

),

hashed as (

    select
        named.profile_id,
        {{ erased_hash("named.named_by") }} as identifier_hash
    from named
    cross join erasure_key
    -- nothing is hashed where nobody objects
    cross join has_objections
    where has_objections.has_any

)

select
    cast(one_ids.one_id as string) as one_id,
    cast(objections.purpose_code as string) as purpose_code,
    cast(min(objections.objected_at) as timestamp) as objected_at
from hashed
inner join objections on hashed.identifier_hash = objections.identifier_hash
inner join {{ ref("int_identity__one_ids") }} as one_ids on hashed.profile_id = one_ids.profile_id
group by one_ids.one_id, objections.purpose_code
