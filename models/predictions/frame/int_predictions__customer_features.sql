{#-
    What is known of customers today, a row per customer and feature that is not 0: of those that
    are identified, as nobody else can be addressed.
-#}
{%- set look_back = var("prediction_look_back_days") -%}
{%- set counts = [
    "post_count", "reply_count", "like_count", "replies_received", "likes_received",
    "share_count", "referred_customers", "calls_last_90_days",
] -%}
with

as_of as (

    select {{ add_days("as_of_date", -look_back) }} as before_look_back
    from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select * from {{ ref("int_predictions__customers") }}
    where is_identified

),

frame as (

    select * from {{ ref("int_predictions__frame") }}
    where step = 0 and horizon_days = 28

),

engagement as (

    select * from {{ ref("customer_engagement") }}

),

products as (

    select
        product_id as product,
        category
    from {{ ref("products") }}

),

-- amounts are added as decimals: sums of doubles depend on their order, and bins on the last digit
lines as (

    select
        order_lines.one_id,
        order_lines.channel,
        products.category,
        greatest(order_lines.net_amount, 0) as net_amount,
        greatest(order_lines.discount_amount, 0) as discount_amount
    from {{ ref("order_lines") }} as order_lines
    cross join as_of
    left join products on order_lines.product_id = products.product
    where
        order_lines.one_id is not null
        and not order_lines.is_return
        and not order_lines.is_cancelled
        and order_lines.ordered_date > as_of.before_look_back

),

spend as (

    select
        one_id,
        cast(sum(net_amount) as double) as net_amount,
        cast(sum(discount_amount) as double) as discount_amount
    from lines
    group by one_id
    having sum(net_amount) > 0

),

category_spend as (

    select
        one_id,
        category,
        cast(sum(net_amount) as double) as net_amount
    from lines
    where category is not null
    group by one_id, category

),

channel_spend as (

    select
        one_id,
        channel,
        cast(sum(net_amount) as double) as net_amount
    from lines
    group by one_id, channel

),

visits as (

    select
        sessions.one_id,
        count(*) as visits
    from {{ ref("web_sessions") }} as sessions
    cross join as_of
    where sessions.one_id is not null and sessions.started_date > as_of.before_look_back
    group by sessions.one_id

),

features as (

    {% for feature in frame_features() -%}
        select
            one_id,
            '{{ feature }}' as feature,
            {{ feature }} as value
        from frame
        union all
    {% endfor -%}
    {% for feature in counts -%}
        select
            one_id,
            '{{ feature }}' as feature,
            {{ feature }} as value
        from engagement
        union all
    {% endfor -%}
    {% for attribute in ["gender", "card_level", "city"] -%}
        select
            one_id,
            '{{ attribute }}_' || {{ attribute }} as feature,
            1 as value
        from customers
        where {{ attribute }} is not null
        union all
    {% endfor -%}
    select
        one_id,
        'web_visits' as feature,
        visits as value
    from visits
    union all
    select
        one_id,
        'discount_percent' as feature,
        100 * discount_amount / (net_amount + discount_amount) as value
    from spend
    union all
    select
        category_spend.one_id,
        'category_' || category_spend.category as feature,
        100 * category_spend.net_amount / spend.net_amount as value
    from category_spend
    inner join spend on category_spend.one_id = spend.one_id
    union all
    select
        channel_spend.one_id,
        'channel_' || channel_spend.channel as feature,
        100 * channel_spend.net_amount / spend.net_amount as value
    from channel_spend
    inner join spend on channel_spend.one_id = spend.one_id

)

select
    cast(features.one_id as string) as one_id,
    cast(features.feature as string) as feature,
    cast(features.value as double) as value
from features
inner join customers on features.one_id = customers.one_id
where features.value > 0
