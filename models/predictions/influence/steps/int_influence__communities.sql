{{ config(materialized="communities") }}
select
    from_one_id as node,
    to_one_id as neighbour,
    weight
from {{ ref("int_influence__edges") }}
