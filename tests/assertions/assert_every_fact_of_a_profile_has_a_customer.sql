-- Whoever ordered or visited is a customer: the bridge knows each profile of these facts.
select
    'orders' as fact,
    order_id as fact_id
from {{ ref("orders") }}
where profile_id is not null and one_id is null

union all

select
    'web_sessions' as fact,
    session_id as fact_id
from {{ ref("web_sessions") }}
where profile_id is not null and one_id is null
