{{ config(group="identity") }}

-- A suppressed value makes no link of its own, only one together with the name.
select
    links.profile_id,
    links.rule,
    suppressed_identifiers.suppression_reason
from {{ ref("int_identity__links") }} as links
inner join {{ ref("int_identity__suppressed_identifiers") }} as suppressed_identifiers
    on links.identifier_hash = suppressed_identifiers.identifier_hash
where
    links.rule = suppressed_identifiers.identifier_type
    or not suppressed_identifiers.links_by_name
