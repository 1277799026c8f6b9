-- A sale keeps its net amount less what came back; a return that was netted on its sale
-- and a cancelled order keep nothing; no sale gives back more than it cost.
select
    order_id,
    net_amount,
    returned_amount,
    kept_amount
from {{ ref("int_behaviour__orders") }}
where
    kept_amount <> case
        when is_cancelled or return_link_status = 'linked' then 0
        else net_amount - returned_amount
    end
    or returned_amount < 0
    or excess_returned_amount < 0
    or (is_return and returned_amount <> 0)
    or (not is_return and returned_amount > net_amount)
