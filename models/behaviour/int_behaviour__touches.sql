{#- Every time retailer and customer met outside a visit or an order, in one shape. -#}
{%- set touch_id = "source_system || '-' || touch_type || '-' || source_touch_id" -%}
{%- set ticket_id = "source_system || '-service_ticket-' || ticket_id" -%}
{%- set touch_of_call = "source_system || '-call-' || call_id" -%}
{%- set review_id = "source_system || '-review-' || review_id" -%}
{%- set read_from = [
    (ref("input_touches"), touch_id, ["sent_at", "opened_at", "clicked_at", "unsubscribed_at"]),
    (ref("input_tickets"), ticket_id, ["opened_at", "closed_at"]),
    (ref("input_calls"), touch_of_call, ["started_at"]),
    (ref("input_reviews"), review_id, ["reviewed_at"]),
] -%}
{%- for relation, key, times in read_from -%}
    {%- call change_log.changed_keys(["touch_id"]) %}
        {{ change_log.keys_from(relation, [key], times) }}
    {% endcall -%}
{%- endfor -%}
{#- an order that came or went may be the only one, or one more, of the id that was named -#}
{%- call change_log.changed_keys(["touch_id"]) %}
    select {{ change_log.key_hash([touch_id]) }} as key_hash
    from {{ ref("input_touches") }}
    where source_order_id in (
        select source_order_id from {{ change_log.changes_of(ref("int_behaviour__orders")) }}
    )
{% endcall -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

sent as (

    select
        *,
        {{ touch_id }} as touch_id
    from {{ ref("input_touches") }}
    {{ change_log.only_changed("where", [touch_id]) }}

),

named_order_ids as (

    select distinct source_order_id
    from sent
    where source_order_id is not null

),

-- A redemption names an order's number without its system: it is linked where just
-- one system has an order of that number.
named_orders as (

    select
        orders.source_order_id,
        min(orders.channel) as channel,
        min(orders.order_id) as order_id
    from {{ ref("int_behaviour__orders") }} as orders
    inner join named_order_ids
        on orders.source_order_id = named_order_ids.source_order_id
    group by orders.source_order_id
    having count(*) = 1

),

touches as (

    select
        sent.touch_id,
        sent.source_system,
        sent.touch_type,
        sent.record_system,
        sent.record_type,
        sent.natural_key,
        coalesce(sent.channel, named_orders.channel) as channel,
        sent.campaign_id,
        named_orders.order_id,
        cast(null as string) as product_id,
        sent.detail,
        cast(null as string) as direction,
        cast(null as string) as agent_id,
        cast(null as string) as outcome,
        cast(null as integer) as rating,
        cast(null as bigint) as duration_seconds,
        sent.is_delivered,
        sent.opened_at,
        sent.clicked_at,
        sent.unsubscribed_at,
        sent.sent_at as touched_at
    from sent
    left join named_orders
        on sent.source_order_id = named_orders.source_order_id

    union all

    select
        {{ ticket_id }} as touch_id,
        source_system,
        'service_ticket' as touch_type,
        record_system,
        record_type,
        natural_key,
        channel,
        null as campaign_id,
        null as order_id,
        null as product_id,
        topic as detail,
        null as direction,
        null as agent_id,
        null as outcome,
        -- a customer is asked when the ticket is closed
        case
            when closed_at is null or closed_at <= (select as_of_at from as_of) then satisfaction
        end as rating,
        null as duration_seconds,
        true as is_delivered,
        null as opened_at,
        null as clicked_at,
        null as unsubscribed_at,
        opened_at as touched_at
    from {{ ref("input_tickets") }}
    {{ change_log.only_changed("where", [ticket_id]) }}

    union all

    select
        {{ touch_of_call }} as touch_id,
        source_system,
        'call' as touch_type,
        record_system,
        record_type,
        natural_key,
        'phone' as channel,
        null as campaign_id,
        null as order_id,
        null as product_id,
        topic as detail,
        direction,
        agent_id,
        outcome,
        satisfaction as rating,
        duration_seconds,
        is_answered as is_delivered,
        null as opened_at,
        null as clicked_at,
        null as unsubscribed_at,
        started_at as touched_at
    from {{ ref("input_calls") }}
    {{ change_log.only_changed("where", [touch_of_call]) }}

    union all

    select
        {{ review_id }} as touch_id,
        source_system,
        'review' as touch_type,
        record_system,
        record_type,
        natural_key,
        channel,
        null as campaign_id,
        order_id,
        product_id,
        null as detail,
        null as direction,
        null as agent_id,
        null as outcome,
        rating,
        null as duration_seconds,
        true as is_delivered,
        null as opened_at,
        null as clicked_at,
        null as unsubscribed_at,
        reviewed_at as touched_at
    from {{ ref("input_reviews") }}
    {{ change_log.only_changed("where", [review_id]) }}

),

-- what followed a touch is bounded by the date as well: opened tomorrow is not opened
bounded as (

    select
        touches.*,
        coalesce(touches.opened_at <= as_of.as_of_at, false) as is_opened,
        coalesce(touches.clicked_at <= as_of.as_of_at, false) as is_clicked,
        coalesce(touches.unsubscribed_at <= as_of.as_of_at, false) as is_unsubscribed
    from touches
    cross join as_of
    where touches.touched_at <= as_of.as_of_at

)

select
    cast(touch_id as string) as touch_id,
    cast({{ profile_id("record_system", "record_type", "natural_key") }} as string) as profile_id,
    cast(source_system as string) as source_system,
    cast(touch_type as string) as touch_type,
    cast(channel as string) as channel,
    cast(campaign_id as string) as campaign_id,
    cast(order_id as string) as order_id,
    cast(product_id as string) as product_id,
    cast(detail as string) as detail,
    cast(direction as string) as direction,
    cast(agent_id as string) as agent_id,
    cast(outcome as string) as outcome,
    cast(rating as integer) as rating,
    cast(duration_seconds as bigint) as duration_seconds,
    cast(is_delivered as boolean) as is_delivered,
    cast(is_opened as boolean) as is_opened,
    cast(is_clicked as boolean) as is_clicked,
    cast(is_unsubscribed as boolean) as is_unsubscribed,
    cast({{ business_date("touched_at") }} as date) as touched_date,
    cast(touched_at as timestamp) as touched_at,
    cast(case when is_unsubscribed then unsubscribed_at end as timestamp) as unsubscribed_at
from bounded
