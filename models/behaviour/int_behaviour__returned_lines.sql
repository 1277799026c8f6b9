{#-
    What each sold line gave back. A return names an order, not a line: its amount
    goes first to lines of the same product, in line order and up to what they cost;
    what is left (another product on the return, a refund by status) fills the
    remaining lines in line order, so that the lines of an order always add up to
    the order's returned_amount. Of an order that came back whole, each line did,
    what was taken off it too.
-#}
{%- call change_log.changed_keys(["order_id"]) %}
    {{ change_log.keys_from(ref("int_behaviour__orders"), ["order_id"]) }}
    union all
    {{ change_log.keys_from(ref("input_order_lines"), ["order_id"]) }}
{% endcall -%}
{%- set all_orders = ref("int_behaviour__orders") -%}
{%- for orders in [all_orders, change_log.changes_of(all_orders)] -%}
    {%- call change_log.linked_keys() %}
        select
            {{ change_log.key_hash(["order_id"]) }} as key_hash,
            {{ change_log.key_hash(["returned_order_id"]) }} as linked_key_hash
        from {{ orders }}
        where return_link_status = 'linked'
    {% endcall -%}
{%- endfor -%}
with

orders as (

    select * from {{ ref("int_behaviour__orders") }}
    {{ change_log.only_changed("where", ["order_id"], linked=true) }}

),

lines as (

    select
        order_id,
        line_no,
        product_id,
        net_amount,
        original_net_amount
    from {{ ref("input_order_lines") }}
    {{ change_log.only_changed("where", ["order_id"], linked=true) }}

),

returned_products as (

    select
        orders.returned_order_id as order_id,
        coalesce(lines.product_id, '') as product_id,
        sum(
            case
                when orders.currency = sales.currency
                    then cast(-lines.original_net_amount * sales.exchange_rate as decimal(28, 4))
                else -lines.net_amount
            end
        ) as named_amount
    from orders
    inner join lines
        on orders.order_id = lines.order_id
    inner join orders as sales
        on orders.returned_order_id = sales.order_id
    where orders.return_link_status = 'linked' and not orders.is_cancelled
    group by orders.returned_order_id, coalesce(lines.product_id, '')

),

sold_lines as (

    select
        lines.order_id,
        lines.line_no,
        coalesce(lines.product_id, '') as product_id,
        orders.returned_amount as order_returned_amount,
        coalesce(lines.net_amount, 0) as net_amount,
        -- a negative line on a sale (an article taken in exchange) gives nothing back
        greatest(lines.net_amount, 0) as line_amount,
        orders.returned_amount = orders.net_amount as is_whole
    from orders
    inner join lines
        on orders.order_id = lines.order_id
    where orders.returned_amount > 0

),

named as (

    select
        sold_lines.*,
        coalesce(returned_products.named_amount, 0) as named_amount,
        coalesce(
            sum(sold_lines.line_amount) over (
                partition by sold_lines.order_id, sold_lines.product_id
                order by sold_lines.line_no
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as earlier_amount
    from sold_lines
    left join returned_products
        on
            sold_lines.order_id = returned_products.order_id
            and sold_lines.product_id = returned_products.product_id

),

rooms as (

    select
        order_id,
        line_no,
        order_returned_amount,
        1 as priority,
        least(line_amount, greatest(named_amount - earlier_amount, 0)) as room
    from named
    where not is_whole

    union all

    select
        order_id,
        line_no,
        order_returned_amount,
        2 as priority,
        line_amount - least(line_amount, greatest(named_amount - earlier_amount, 0)) as room
    from named
    where not is_whole

),

filled as (

    select
        order_id,
        line_no,
        least(
            room,
            greatest(
                order_returned_amount - coalesce(
                    sum(room) over (
                        partition by order_id
                        order by priority, line_no
                        rows between unbounded preceding and 1 preceding
                    ),
                    0
                ),
                0
            )
        ) as returned_amount
    from rooms

    union all

    select
        order_id,
        line_no,
        net_amount as returned_amount
    from named
    where is_whole

),

returned_lines as (

    select
        order_id,
        line_no,
        sum(returned_amount) as returned_amount
    from filled
    group by order_id, line_no
    having sum(returned_amount) <> 0

)

select
    cast(order_id || '-' || cast(line_no as string) as string) as order_line_id,
    cast(order_id as string) as order_id,
    cast(line_no as bigint) as line_no,
    cast(returned_amount as decimal(28, 4)) as returned_amount
from returned_lines
{{ change_log.only_changed("where", ["order_id"]) }}
