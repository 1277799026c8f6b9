{#- What is left of clusters that hold more values than a customer may, see over_caps. -#}
{{ config(materialized="connected_components") }}

select
    links.profile_id as node,
    links.linked_profile_id as neighbour
from {{ ref("int_identity__links") }} as links
inner join {{ ref("int_identity__clusters") }} as clusters
    on links.profile_id = clusters.node
where clusters.component in (select component from {{ ref("int_identity__over_caps") }})
