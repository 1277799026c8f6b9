with

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}

),

one_ids as (

    select profile_id, one_id from {{ ref("int_identity__one_ids") }}

),

suspects as (

    select * from {{ ref("int_identity__suspect_identifiers") }}

),

holder_periods as (

    select * from {{ ref("int_identity__holder_periods") }}

),

customer_identifiers as (

    select
        identifiers.identifier_type,
        identifiers.identifier_hash,
        one_ids.one_id,
        {{ mask_identifier(
            "min(identifiers.identifier_value)", "identifiers.identifier_type"
        ) }} as identifier_masked,
        -- what one record of the customer is trusted with is the customer's
        case
            when count(suspects.profile_id) = count(*) then min(suspects.suspect_reason)
        end as suspect_reason,
        count(*) as profile_count,
        max(case when coalesce(holder_periods.is_current, true) then 1 else 0 end) = 1
            as is_current,
        min(identifiers.first_seen_at) as first_seen_at,
        max(identifiers.last_seen_at) as last_seen_at,
        case
            when max(case when coalesce(holder_periods.is_current, true) then 1 else 0 end) = 0
                then max(holder_periods.held_to)
        end as held_to
    from identifiers
    inner join one_ids on identifiers.profile_id = one_ids.profile_id
    left join suspects
        on
            identifiers.profile_id = suspects.profile_id
            and identifiers.identifier_hash = suspects.identifier_hash
    left join holder_periods
        on
            identifiers.profile_id = holder_periods.profile_id
            and identifiers.identifier_hash = holder_periods.identifier_hash
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
    cast(is_current as boolean) as is_current,
    cast(first_seen_at as timestamp) as first_seen_at,
    cast(last_seen_at as timestamp) as last_seen_at,
    cast(held_to as timestamp) as held_to
from customer_identifiers
