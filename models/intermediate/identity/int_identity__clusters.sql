{{ config(materialized="connected_components") }}

select
    profile_id as node,
    linked_profile_id as neighbour
from {{ ref("int_identity__links") }}
