-- What a sale keeps is what its staged lines cost less what the staged returns that name it
-- gave back, at the rate of the sale if both are in one currency, and they give back no more than
-- it cost. A return that names a sale keeps nothing,
-- nor does a cancelled order, nor one refunded by its status that no return names, now or later.
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

staged_lines as (

    select
        order_id,
        sum(net_amount) as net_amount,
        sum(case when line_no = -1 then 0 else net_amount end) as goods_amount
    from {{ ref("input_order_lines") }}
    group by order_id

),

staged as (

    select
        headers.order_id as order_key,
        headers.returned_order_id as names_order_key,
        coalesce(headers.order_status, '') as order_status,
        headers.ordered_at as seen_at,
        headers.currency,
        headers.exchange_rate,
        coalesce(staged_lines.net_amount, 0) as net_amount,
        coalesce(staged_lines.goods_amount, 0) as goods_amount
    from {{ ref("input_orders") }} as headers
    left join staged_lines
        on headers.order_id = staged_lines.order_id

),

orders as (

    select
        staged.*,
        staged.goods_amount < 0
        or (staged.goods_amount = 0 and staged.names_order_key is not null) as gives_back,
        staged.seen_at <= as_of.as_of_at as is_seen
    from staged
    cross join as_of

),

given_back_lines as (

    select
        orders.names_order_key as order_key,
        case
            when not orders.is_seen then 0
            when orders.currency = sales.currency
                then -cast(return_lines.original_net_amount * sales.exchange_rate as decimal(28, 4))
            else -return_lines.net_amount
        end as amount
    from orders
    inner join {{ ref("input_order_lines") }} as return_lines
        on orders.order_key = return_lines.order_id
    left join orders as sales
        on orders.names_order_key = sales.order_key
    where orders.gives_back and orders.order_status <> 'cancelled'

),

given_back as (

    select
        order_key,
        sum(amount) as amount
    from given_back_lines
    where order_key is not null
    group by order_key

),

expected as (

    select
        orders.order_key,
        orders.net_amount,
        case
            when orders.order_status = 'cancelled' then 0
            when orders.gives_back and sales.order_key is not null then 0
            when orders.gives_back then orders.net_amount
            when orders.order_status = 'refunded' and given_back.order_key is null
                then least(orders.net_amount, 0)
            else
                orders.net_amount
                - least(coalesce(given_back.amount, 0), greatest(orders.net_amount, 0))
        end as kept_amount
    from orders
    left join orders as sales
        on
            orders.names_order_key = sales.order_key
            and sales.is_seen
            and not sales.gives_back
    left join given_back
        on orders.order_key = given_back.order_key
    where orders.is_seen

)

select
    coalesce(expected.order_key, held.order_id) as order_id,
    expected.net_amount as staged_net_amount,
    expected.kept_amount as staged_kept_amount,
    held.net_amount,
    held.returned_amount,
    held.kept_amount
from expected
full outer join {{ ref("int_behaviour__orders") }} as held
    on expected.order_key = held.order_id
where
    expected.order_key is null
    or held.order_id is null
    or expected.net_amount <> held.net_amount
    or expected.kept_amount <> held.kept_amount
    or held.returned_amount < 0
    or held.excess_returned_amount < 0
    or (held.is_return and held.returned_amount <> 0)
    or (not held.is_return and held.returned_amount > greatest(held.net_amount, 0))
