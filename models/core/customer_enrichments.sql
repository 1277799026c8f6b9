{#-
    What others say of customers, met by the hash of a phone or e-mail address that one customer
    alone holds. It links no records.
-#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

enrichments as (

    select *
    from {{ ref("input_enrichments") }}
    where provided_date <= (select as_of_date from as_of)

),

has_enrichments as (

    select count(*) > 0 as has_any from enrichments

),

contacts as (

    select
        one_ids.one_id,
        identifiers.identifier_type as contact_type,
        identifiers.identifier_value,
        case
            when holder_periods.holder_number > 1
                then {{ business_date("holder_periods.held_from") }}
        end as held_from_date
    from {{ ref("int_identity__identifiers") }} as identifiers
    inner join {{ ref("int_identity__one_ids") }} as one_ids
        on identifiers.profile_id = one_ids.profile_id
    left join {{ ref("int_identity__suspect_identifiers") }} as suspects
        on
            identifiers.profile_id = suspects.profile_id
            and identifiers.identifier_hash = suspects.identifier_hash
    left join {{ ref("int_identity__holder_periods") }} as holder_periods
        on
            identifiers.profile_id = holder_periods.profile_id
            and identifiers.identifier_hash = holder_periods.identifier_hash
    -- nothing is hashed where there is nothing to meet
    cross join has_enrichments
    where
        has_enrichments.has_any
        and identifiers.identifier_type in ('phone', 'email')
        and suspects.profile_id is null

),

owned as (

    select
        contact_type,
        {{ sha256_hex("identifier_value") }} as contact_hash,
        min(one_id) as one_id,
        max(held_from_date) as held_from_date
    from contacts
    group by contact_type, identifier_value
    having count(distinct one_id) = 1

),

exclusions as (

    select one_id from {{ ref("customer_exclusions") }}
    where covers = 'enrichments'

),

ranked as (

    select
        owned.one_id,
        enrichments.provider_name,
        enrichments.attribute,
        enrichments.attribute_value,
        enrichments.contact_type,
        enrichments.provided_date,
        row_number() over (
            partition by owned.one_id, enrichments.provider_name, enrichments.attribute
            order by
                enrichments.provided_date desc, enrichments.contact_type desc,
                enrichments.contact_hash asc
        ) as place
    from enrichments
    inner join owned
        on
            enrichments.contact_type = owned.contact_type
            and enrichments.contact_hash = owned.contact_hash
    left join exclusions on owned.one_id = exclusions.one_id
    where
        exclusions.one_id is null
        -- what was said before is of who held the value then
        and (
            owned.held_from_date is null
            or enrichments.provided_date >= owned.held_from_date
        )

)

select
    cast(one_id as string) as one_id,
    cast(provider_name as string) as provider_name,
    cast(attribute as string) as attribute,
    cast(attribute_value as string) as attribute_value,
    cast(contact_type as string) as met_by,
    cast(provided_date as date) as provided_date
from ranked
where place = 1
