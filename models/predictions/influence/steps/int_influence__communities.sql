{{ config(materialized="communities") }}
{#- The order of nodes is that of natural keys, so that no hash decides who is taken first. -#}
with

nodes as (

    select
        one_id,
        lpad(cast(natural_key_rank as string), 12, '0') || one_id as node
    from {{ ref("int_identity__tie_breaks") }}

)

select
    ones.node,
    others.node as neighbour,
    edges.weight
from {{ ref("int_influence__edges") }} as edges
inner join nodes as ones on edges.from_one_id = ones.one_id
inner join nodes as others on edges.to_one_id = others.one_id
