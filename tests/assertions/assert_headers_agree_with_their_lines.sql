-- A warning: the lines count, but a header that claims another total is worth a look.
{{ config(severity="warn") }}

select
    order_id,
    net_amount,
    shipping_amount,
    total_difference
from {{ ref("int_behaviour__orders") }}
where total_difference <> 0
