{#- Orders of all systems, returns netted against the order they return. -#}
{%- call change_log.changed_keys(["order_id"]) %}
    {{ change_log.keys_from(ref("input_orders"), ["order_id"], times=["ordered_at"]) }}
    union all
    {{ change_log.keys_from(ref("input_order_lines"), ["order_id"]) }}
{% endcall -%}
{%- for orders in [ref("input_orders"), change_log.changes_of(ref("input_orders"))] -%}
    {%- call change_log.linked_keys() %}
        select
            {{ change_log.key_hash(["order_id"]) }} as key_hash,
            {{ change_log.key_hash(["returned_order_id"]) }} as linked_key_hash
        from {{ orders }}
        where returned_order_id is not null
    {% endcall -%}
{%- endfor -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

headers as (

    select
        *,
        {{ profile_id("record_system", "record_type", "natural_key") }} as profile_id
    from {{ ref("input_orders") }}
    {{ change_log.only_changed("where", ["order_id"], linked=true) }}

),

line_totals as (

    select
        order_id,
        sum(coalesce(quantity, 0)) as item_quantity,
        sum(coalesce(list_amount, net_amount, 0)) as list_amount,
        sum(coalesce(net_amount, 0)) as net_amount,
        sum(case when line_no = -1 then 0 else coalesce(net_amount, 0) end) as goods_amount,
        sum(coalesce(original_net_amount, 0)) as original_net_amount,
        sum(coalesce(coupon_amount, 0)) as coupon_amount,
        count(*) as line_count
    from {{ ref("input_order_lines") }}
    {{ change_log.only_changed("where", ["order_id"], linked=true) }}
    group by order_id

),

priced as (

    select
        headers.*,
        coalesce(line_totals.item_quantity, 0) as item_quantity,
        coalesce(line_totals.list_amount, 0) as list_amount,
        coalesce(line_totals.net_amount, 0) as net_amount,
        coalesce(line_totals.original_net_amount, 0) as original_net_amount,
        coalesce(line_totals.coupon_amount, 0) as coupon_amount,
        coalesce(line_totals.line_count, 0) as line_count,
        coalesce(headers.order_status = 'cancelled', false) as is_cancelled,
        -- an exchange names a receipt too, but is a sale when the customer pays more; a discount
        -- of the whole may come to more than the goods, since it covers the shipping as well
        coalesce(
            line_totals.goods_amount < 0
            or (line_totals.goods_amount = 0 and headers.returned_order_id is not null),
            false
        ) as is_return,
        headers.ordered_at <= as_of.as_of_at as is_visible
    from headers
    left join line_totals
        on headers.order_id = line_totals.order_id
    cross join as_of

),

-- A refunded order with a return receipt is netted by the receipt, on the day of
-- the receipt, even when that day is still to come: only an order that never gets
-- one is taken as returned by its status, which carries no time.
orders_with_receipt as (

    select distinct returned_order_id
    from priced
    where is_return and not is_cancelled and returned_order_id is not null

),

visible as (

    select * from priced
    where is_visible

),

links as (

    select
        returning_orders.order_id,
        originals.order_id as returned_order_id,
        originals.profile_id as returned_profile_id,
        originals.exchange_rate as sale_rate,
        case
            when returning_orders.is_cancelled then 0
            else -returning_orders.net_amount
        end as return_amount,
        returning_orders.currency = originals.currency
        and returning_orders.exchange_rate <> originals.exchange_rate
        and not returning_orders.is_cancelled as is_at_other_rate
    from visible as returning_orders
    inner join visible as originals
        on returning_orders.returned_order_id = originals.order_id
    where returning_orders.is_return and not originals.is_return

),

-- at the rate of the sale: what comes back whole leaves nothing, whatever the rate has become
at_rate_of_sale as (

    select
        links.order_id,
        sum(
            cast(
                -coalesce(return_lines.original_net_amount, 0) * links.sale_rate
                as decimal(28, 4)
            )
        ) as return_amount
    from links
    inner join {{ ref("input_order_lines") }} as return_lines
        on links.order_id = return_lines.order_id
    where links.is_at_other_rate
    group by links.order_id

),

returned_totals as (

    select
        links.returned_order_id as order_id,
        sum(coalesce(at_rate_of_sale.return_amount, links.return_amount)) as receipts_amount
    from links
    left join at_rate_of_sale
        on links.order_id = at_rate_of_sale.order_id
    group by links.returned_order_id

),

netted as (

    select
        visible.*,
        coalesce(visible.profile_id, links.returned_profile_id) as owner_profile_id,
        case
            when not visible.is_return then 'none'
            when links.order_id is not null then 'linked'
            else 'unlinked'
        end as return_link_status,
        case
            when visible.is_return then 'none'
            when orders_with_receipt.returned_order_id is not null
                then case when returned_totals.receipts_amount > 0 then 'receipt' else 'none' end
            when visible.order_status = 'refunded' then 'status'
            else 'none'
        end as returned_by,
        coalesce(returned_totals.receipts_amount, 0) as receipts_amount
    from visible
    left join links
        on visible.order_id = links.order_id
    left join returned_totals
        on visible.order_id = returned_totals.order_id
    left join orders_with_receipt
        on visible.order_id = orders_with_receipt.returned_order_id

),

returned as (

    select
        *,
        case
            when returned_by = 'receipt' then least(receipts_amount, greatest(net_amount, 0))
            when returned_by = 'status' then greatest(net_amount, 0)
            else 0
        end as returned_amount,
        total_amount - net_amount - coalesce(shipping_amount, 0) as untaxed_difference
    from netted

),

-- prices are with or without tax: as the header says, by which of both it comes nearer to
reconciled as (

    select
        *,
        coalesce(
            abs(untaxed_difference - tax_amount) < abs(untaxed_difference), false
        ) as is_tax_added
    from returned

),

differing as (

    select
        *,
        case
            when is_tax_added then untaxed_difference - tax_amount
            else untaxed_difference
        end as total_difference
    from reconciled

)

select
    cast(order_id as string) as order_id,
    cast(owner_profile_id as string) as profile_id,
    cast(source_system as string) as source_system,
    cast(channel as string) as channel,
    cast(store_id as string) as store_id,
    cast(payment_method as string) as payment_method,
    cast(source_order_id as string) as source_order_id,
    cast(returned_order_id as string) as returned_order_id,
    cast(order_status as string) as order_status,
    cast(
        case
            when profile_id is not null then 'own'
            when owner_profile_id is not null then 'returned_order'
            else 'none'
        end as string
    ) as profile_basis,
    cast(return_link_status as string) as return_link_status,
    cast(returned_by as string) as returned_by,
    cast(currency as string) as currency,
    cast(
        case
            when tax_amount <> 0 and total_amount is not null
                then case when is_tax_added then 'added' else 'included' end
        end as string
    ) as tax_basis,
    cast(net_amount as decimal(28, 4)) as net_amount,
    cast(list_amount as decimal(28, 4)) as list_amount,
    cast(list_amount - net_amount as decimal(28, 4)) as discount_amount,
    cast(coupon_amount as decimal(28, 4)) as coupon_amount,
    cast(returned_amount as decimal(28, 4)) as returned_amount,
    cast(
        case when returned_by = 'receipt' then receipts_amount - returned_amount else 0 end
        as decimal(28, 4)
    ) as excess_returned_amount,
    cast(
        case
            when is_cancelled or return_link_status = 'linked' then 0
            else net_amount - returned_amount
        end as decimal(28, 4)
    ) as kept_amount,
    cast(coalesce(shipping_amount, 0) as decimal(28, 4)) as shipping_amount,
    cast(coalesce(tax_amount, 0) as decimal(28, 4)) as tax_amount,
    cast(total_difference as decimal(28, 4)) as total_difference,
    cast(original_net_amount as decimal(28, 4)) as original_net_amount,
    cast(exchange_rate as decimal(20, 10)) as exchange_rate,
    cast(item_quantity as decimal(18, 3)) as item_quantity,
    cast(line_count as integer) as line_count,
    cast(is_return as boolean) as is_return,
    cast(is_cancelled as boolean) as is_cancelled,
    cast(
        abs(total_difference) <= {{ var("header_tolerance") }} * abs(total_amount) as boolean
    ) as is_reconciled,
    cast({{ business_date("ordered_at") }} as date) as ordered_date,
    cast(ordered_at as timestamp) as ordered_at,
    cast(loaded_at as timestamp) as loaded_at
from differing
{{ change_log.only_changed("where", ["order_id"]) }}
