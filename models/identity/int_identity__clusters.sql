-- depends_on: {{ ref("int_identity__exclusives") }}
-- depends_on: {{ ref("int_identity__profiles") }}
{{ config(
    materialized="guarded_components",
    exclusives="int_identity__exclusives",
    nodes="int_identity__profiles",
) }}

select
    profile_id as node,
    linked_profile_id as neighbour,
    tier,
    respects,
    -- stronger rules first; a keyed hash settles the rest, so no order of rows can
    lpad(cast(priority as string), 4, '0') || identifier_hash as link_key
from {{ ref("int_identity__candidates") }}
