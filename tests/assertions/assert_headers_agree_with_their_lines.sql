-- A warning: the lines count, but a header that claims another total is worth a look. How total,
-- lines, shipping, tax and discount hang together is in docs/staging.md.
{{ config(severity="warn") }}

select
    order_id,
    net_amount,
    shipping_amount,
    tax_amount,
    total_difference
from {{ ref("int_behaviour__orders") }}
where not is_reconciled
