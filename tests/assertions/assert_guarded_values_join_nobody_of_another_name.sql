{{ config(group="identity") }}

-- A guarded value makes no link of its own, only one together with the name.
select
    links.profile_id,
    links.rule,
    guards.guard_reason
from {{ ref("int_identity__links") }} as links
inner join {{ ref("int_identity__guards") }} as guards
    on links.identifier_hash = guards.identifier_hash
where
    links.rule = guards.identifier_type
    or not guards.links_by_name
