{#- Every time retailer and customer met outside a visit or an order, in one shape. -#}
{%- set key = {
    "contact": ["'campaign_contact-' || contact_id"],
    "message": ["'wechat_message-' || message_id"],
    "redemption": ["'coupon_redemption-' || redemption_id"],
    "ticket": ["'service_ticket-' || ticket_id"],
    "review": ["'review-' || review_id"],
} -%}
{%- set read_from = [
    (ref("stg_crm__contacts"), "contact", ["sent_at", "opened_at", "clicked_at", "unsubscribed_at"]),
    (ref("stg_wechat__messages"), "message", ["sent_at", "opened_at", "clicked_at"]),
    (ref("stg_crm__coupon_redemptions"), "redemption", ["redeemed_at"]),
    (ref("stg_crm__service_tickets"), "ticket", ["opened_at", "closed_at"]),
    (ref("stg_web__reviews"), "review", ["reviewed_at"]),
] -%}
{%- for relation, touch, times in read_from -%}
    {%- call change_log.changed_keys(["touch_id"]) %}
        {{ change_log.keys_from(relation, key[touch], times) }}
    {% endcall -%}
{%- endfor -%}
{#- an order that came or went may be the only one, or one more, of the id that was redeemed -#}
{%- call change_log.changed_keys(["touch_id"]) %}
    select {{ change_log.key_hash(key.redemption) }} as key_hash
    from {{ ref("stg_crm__coupon_redemptions") }}
    where order_id in (
        select source_order_id from {{ change_log.changes_of(ref("int_behaviour__orders")) }}
    )
{% endcall -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

redemptions as (

    select * from {{ ref("stg_crm__coupon_redemptions") }}
    {{ change_log.only_changed("where", key.redemption) }}

),

redeemed_order_ids as (

    select distinct order_id
    from redemptions
    where order_id is not null

),

-- A redemption names a raw order id without its channel: it is linked where just
-- one channel has an order of that id.
redeemed_orders as (

    select
        orders.source_order_id,
        min(orders.channel) as channel,
        min(orders.order_id) as order_id
    from {{ ref("int_behaviour__orders") }} as orders
    inner join redeemed_order_ids
        on orders.source_order_id = redeemed_order_ids.order_id
    group by orders.source_order_id
    having count(*) = 1

),

touches as (

    select
        'campaign_contact' as touch_type,
        contact_id as source_touch_id,
        {{ profile_id_crm_member("member_id") }} as profile_id,
        channel,
        campaign_id,
        null as order_id,
        null as product_id,
        status as detail,
        null as rating,
        -- a system that does not say what became of its messages is taken to have sent them
        coalesce(status not in ('bounced', 'failed'), true) as is_delivered,
        opened_at,
        clicked_at,
        unsubscribed_at,
        sent_at as touched_at
    from {{ ref("stg_crm__contacts") }}
    {{ change_log.only_changed("where", key.contact) }}

    union all

    select
        'wechat_message' as touch_type,
        message_id as source_touch_id,
        {{ profile_id_wechat_user("app_id", "openid") }} as profile_id,
        'wechat' as channel,
        campaign_id,
        null as order_id,
        null as product_id,
        message_type as detail,
        null as rating,
        true as is_delivered,
        opened_at,
        clicked_at,
        null as unsubscribed_at,
        sent_at as touched_at
    from {{ ref("stg_wechat__messages") }}
    {{ change_log.only_changed("where", key.message) }}

    union all

    select
        'coupon_redemption' as touch_type,
        redemptions.redemption_id as source_touch_id,
        {{ profile_id_crm_member("redemptions.member_id") }} as profile_id,
        redeemed_orders.channel,
        redemptions.campaign_id,
        redeemed_orders.order_id,
        null as product_id,
        redemptions.coupon_id as detail,
        null as rating,
        true as is_delivered,
        null as opened_at,
        null as clicked_at,
        null as unsubscribed_at,
        redemptions.redeemed_at as touched_at
    from redemptions
    left join redeemed_orders
        on redemptions.order_id = redeemed_orders.source_order_id

    union all

    select
        'service_ticket' as touch_type,
        ticket_id as source_touch_id,
        case
            when member_id is not null then {{ profile_id_crm_member("member_id") }}
            -- a caller who is no member is the shopper of that phone without a card
            else {{ profile_id_pos_shopper("cast(null as string)", "phone") }}
        end as profile_id,
        channel,
        null as campaign_id,
        null as order_id,
        null as product_id,
        topic as detail,
        -- a customer is asked when the ticket is closed
        case
            when closed_at is null or closed_at <= (select as_of_at from as_of) then satisfaction
        end as rating,
        true as is_delivered,
        null as opened_at,
        null as clicked_at,
        null as unsubscribed_at,
        opened_at as touched_at
    from {{ ref("stg_crm__service_tickets") }}
    {{ change_log.only_changed("where", key.ticket) }}

    union all

    select
        'review' as touch_type,
        review_id as source_touch_id,
        {{ profile_id_web_account("user_id") }} as profile_id,
        'web' as channel,
        null as campaign_id,
        'web-' || order_id as order_id,
        product_id,
        null as detail,
        rating,
        true as is_delivered,
        null as opened_at,
        null as clicked_at,
        null as unsubscribed_at,
        reviewed_at as touched_at
    from {{ ref("stg_web__reviews") }}
    {{ change_log.only_changed("where", key.review) }}

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
    cast(touch_type || '-' || source_touch_id as string) as touch_id,
    cast(profile_id as string) as profile_id,
    cast(touch_type as string) as touch_type,
    cast(channel as string) as channel,
    cast(campaign_id as string) as campaign_id,
    cast(order_id as string) as order_id,
    cast(product_id as string) as product_id,
    cast(detail as string) as detail,
    cast(rating as integer) as rating,
    cast(is_delivered as boolean) as is_delivered,
    cast(is_opened as boolean) as is_opened,
    cast(is_clicked as boolean) as is_clicked,
    cast(is_unsubscribed as boolean) as is_unsubscribed,
    cast({{ business_date("touched_at") }} as date) as touched_date,
    cast(touched_at as timestamp) as touched_at,
    cast(case when is_unsubscribed then unsubscribed_at end as timestamp) as unsubscribed_at
from bounded
