{{ config(materialized="page_rank") }}
select
    from_one_id as from_node,
    to_one_id as to_node,
    weight
from {{ ref("int_influence__edges") }}
