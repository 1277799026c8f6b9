{#-
    Which records a value joins: links tell it as a star around one record, several rules
    may tell it twice, and a number shared at home joins each of its people apart.
-#}
{{ config(materialized="connected_components") }}

select
    profile_id || '|' || identifier_hash as node,
    linked_profile_id || '|' || identifier_hash as neighbour
from {{ ref("int_identity__links") }}
