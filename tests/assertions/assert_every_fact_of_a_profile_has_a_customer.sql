-- Whoever ordered, visited or was addressed is a customer: the bridge knows each profile
-- that a fact carries.
{% for fact, key in [("orders", "order_id"), ("web_sessions", "session_id"), ("touches", "touch_id")] %}
select
    '{{ fact }}' as fact,
    {{ key }} as fact_id
from {{ ref(fact) }}
where profile_id is not null and one_id is null
{{ "union all" if not loop.last }}
{%- endfor %}
