-- Per channel the same money, of as many lines, is in staging, behaviour and core.
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

staged_lines as (

    select
        'pos' as channel,
        pos_lines.net_amount,
        receipts.sold_at as ordered_at
    from {{ ref("stg_pos__receipt_lines") }} as pos_lines
    inner join {{ ref("stg_pos__receipts") }} as receipts
        on pos_lines.receipt_id = receipts.receipt_id

    union all

    select
        'web' as channel,
        web_lines.net_amount,
        web_orders.ordered_at
    from {{ ref("stg_web__order_lines") }} as web_lines
    inner join {{ ref("stg_web__orders") }} as web_orders
        on web_lines.order_id = web_orders.order_id

    union all

    select
        'wechat' as channel,
        wechat_lines.net_amount,
        wechat_orders.ordered_at
    from {{ ref("stg_wechat__order_lines") }} as wechat_lines
    inner join {{ ref("stg_wechat__orders") }} as wechat_orders
        on wechat_lines.order_id = wechat_orders.order_id

),

staged as (

    select
        staged_lines.channel,
        sum(staged_lines.net_amount) as net_amount,
        count(*) as line_count
    from staged_lines
    cross join as_of
    where staged_lines.ordered_at <= as_of.as_of_at
    group by staged_lines.channel

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
