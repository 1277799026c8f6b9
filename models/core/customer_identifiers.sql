with

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

suppressed_identifiers as (

    select * from {{ ref("int_identity__suppressed_identifiers") }}

),

customer_identifiers as (

    select
        identifiers.identifier_type,
        identifiers.identifier_hash,
        one_ids.one_id,
        {{ mask_identifier(
            "min(identifiers.identifier_value)", "identifiers.identifier_type"
        ) }} as identifier_masked,
        min(suppressed_identifiers.suppression_reason) as suspect_reason,
        count(*) as profile_count,
        min(identifiers.first_seen_at) as first_seen_at,
        max(identifiers.last_seen_at) as last_seen_at
    from identifiers
    inner join one_ids on identifiers.profile_id = one_ids.profile_id
    left join suppressed_identifiers
        on identifiers.identifier_hash = suppressed_identifiers.identifier_hash
    group by identifiers.identifier_type, identifiers.identifier_hash, one_ids.one_id

)

select
    cast(identifier_type as string) as identifier_type,
    cast(identifier_hash as string) as identifier_hash,
    cast(one_id as string) as one_id,
    cast(identifier_masked as string) as identifier_masked,
    cast(suspect_reason as string) as suspect_reason,
    cast(profile_count as bigint) as profile_count,
    cast(suspect_reason is not null as boolean) as is_suspect,
    cast(first_seen_at as timestamp) as first_seen_at,
    cast(last_seen_at as timestamp) as last_seen_at
from customer_identifiers
