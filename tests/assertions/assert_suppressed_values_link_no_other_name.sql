{{ config(group="identity") }}

-- A suppressed value makes no link of its own, only one together with the name; of a value that
-- changed hands each holder is weighed by itself.
select
    links.profile_id,
    links.rule,
    suppressed_identifiers.suppression_reason
from {{ ref("int_identity__links") }} as links
inner join {{ ref("int_identity__suppressed_identifiers") }} as suppressed_identifiers
    on links.identifier_hash = suppressed_identifiers.identifier_hash
left join {{ ref("int_identity__holder_periods") }} as holder_periods
    on
        links.profile_id = holder_periods.profile_id
        and links.identifier_hash = holder_periods.identifier_hash
where
    coalesce(holder_periods.holder_number, 1) = suppressed_identifiers.holder_number
    and (
        links.rule = suppressed_identifiers.identifier_type
        or not suppressed_identifiers.links_by_name
    )
