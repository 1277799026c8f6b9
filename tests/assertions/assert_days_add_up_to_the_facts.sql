-- The days of all profiles hold what the facts hold of named profiles.
with

days as (

    select
        coalesce(sum(orders), 0) as orders,
        coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(kept_amount), 0) as kept_amount,
        coalesce(sum(sessions), 0) as sessions
    from {{ ref("int_behaviour__profile_days") }}

),

orders as (

    select
        coalesce(sum(case when is_return then 0 else 1 end), 0) as orders,
        coalesce(sum(net_amount), 0) as net_amount,
        coalesce(sum(kept_amount), 0) as kept_amount
    from {{ ref("int_behaviour__orders") }}
    where profile_id is not null and not is_cancelled

),

sessions as (

    select count(*) as sessions
    from {{ ref("int_behaviour__web_sessions") }}
    where profile_id is not null

)

select
    days.*,
    orders.orders as fact_orders,
    orders.net_amount as fact_net_amount,
    orders.kept_amount as fact_kept_amount,
    sessions.sessions as fact_sessions
from days
cross join orders
cross join sessions
where
    days.orders <> orders.orders
    or days.net_amount <> orders.net_amount
    or days.kept_amount <> orders.kept_amount
    or days.sessions <> sessions.sessions
