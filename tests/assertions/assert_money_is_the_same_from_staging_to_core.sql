-- Per channel the same money, of as many lines, is in input, behaviour and core.
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

staged as (

    select
        orders.channel,
        sum(input_lines.net_amount) as net_amount,
        count(*) as line_count
    from {{ ref("input_order_lines") }} as input_lines
    inner join {{ ref("input_orders") }} as orders
        on input_lines.order_id = orders.order_id
    cross join as_of
    where orders.ordered_at <= as_of.as_of_at
    group by orders.channel

),

behaviour_orders as (

    select
        channel,
        sum(net_amount) as net_amount,
        sum(line_count) as line_count
    from {{ ref("int_behaviour__orders") }}
    group by channel

),

core_orders as (

    select
        channel,
        sum(net_amount) as net_amount,
        sum(line_count) as line_count
    from {{ ref("orders") }}
    group by channel

),

core_lines as (

    select
        channel,
        sum(net_amount) as net_amount,
        count(*) as line_count
    from {{ ref("order_lines") }}
    group by channel

)

select
    coalesce(staged.channel, core_orders.channel) as channel,
    staged.net_amount as staged_amount,
    behaviour_orders.net_amount as behaviour_amount,
    core_orders.net_amount as core_amount,
    core_lines.net_amount as core_lines_amount
from staged
full outer join core_orders
    on staged.channel = core_orders.channel
left join behaviour_orders
    on core_orders.channel = behaviour_orders.channel
left join core_lines
    on staged.channel = core_lines.channel
where
    -- a channel whose orders have no lines at all is in core alone, and worth nothing
    coalesce(staged.net_amount, 0) <> coalesce(behaviour_orders.net_amount, 0)
    or coalesce(staged.net_amount, 0) <> coalesce(core_orders.net_amount, 0)
    or coalesce(staged.net_amount, 0) <> coalesce(core_lines.net_amount, 0)
    or coalesce(staged.line_count, 0) <> coalesce(behaviour_orders.line_count, 0)
    or coalesce(staged.line_count, 0) <> coalesce(core_orders.line_count, 0)
    or coalesce(staged.line_count, 0) <> coalesce(core_lines.line_count, 0)
