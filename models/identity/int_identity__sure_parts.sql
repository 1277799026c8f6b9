{#- What would be left of customers without the links that are little trusted. -#}
{{ config(materialized="connected_components") }}

select
    links.profile_id as node,
    links.linked_profile_id as neighbour
from {{ ref("int_identity__links") }} as links
left join {{ ref("identifier_types") }} as rules
    on links.rule = rules.identifier_type
where coalesce(rules.trust, 1) >= {{ var("identity_weak_trust") }}
