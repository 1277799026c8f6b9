{{ config(group="identity", tags=["intraday"]) }}

-- Closure: whatever an accepted link joins has one one_id.
select
    links.profile_id,
    links.linked_profile_id,
    links.rule
from {{ ref("int_identity__links") }} as links
inner join {{ ref("int_identity__one_ids") }} as one_ids
    on links.profile_id = one_ids.profile_id
inner join {{ ref("int_identity__one_ids") }} as linked_one_ids
    on links.linked_profile_id = linked_one_ids.profile_id
where one_ids.one_id <> linked_one_ids.one_id
