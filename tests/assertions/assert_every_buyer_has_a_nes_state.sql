{{ config(severity="warn") }}
-- Whoever ever placed an order that was neither cancelled nor a return has a state.
with

buyers as (

    select distinct one_id
    from {{ ref("orders") }}
    where one_id is not null and not is_cancelled and not is_return

)

select buyers.one_id
from buyers
left join {{ ref("tag_nes") }} as nes on buyers.one_id = nes.one_id
where nes.one_id is null
