-- Over the channels a customer bought in, orders and spend come to what RFM says of the whole,
-- the latest order is the same, and no category has more orders or a later one. Orders in
-- channels where nothing was bought (free samples, returns that name no sale) stand beside it.
with

rfm as (

    select * from {{ ref("tag_rfm") }}

),

channels as (

    select
        one_id,
        min(recency_days) as recency_days,
        sum(frequency) as frequency,
        sum(monetary) as monetary
    from {{ ref("tag_rfm_channel") }}
    group by one_id

),

elsewhere as (

    select
        orders.one_id,
        count(case when not orders.is_return then 1 end) as frequency,
        sum(
            {% if setting("rfm_returns") == "ignore" -%}
            case when orders.is_return then 0 else orders.net_amount end
            {%- else -%}
                orders.kept_amount
            {%- endif %}
        ) as monetary
    from {{ ref("orders") }} as orders
    left join {{ ref("tag_rfm_channel") }} as rfm_channel
        on
            orders.one_id = rfm_channel.one_id
            and orders.channel = rfm_channel.channel
    where
        not orders.is_cancelled
        and rfm_channel.one_id is null
        {% if setting("rfm_window_days") > 0 -%}
            and orders.ordered_date > (
                select {{ add_days("as_of_date", -setting("rfm_window_days")) }}
                from {{ ref("int_behaviour__as_of") }}
            )
        {%- endif %}
    group by orders.one_id

),

categories as (

    select
        one_id,
        min(recency_days) as recency_days,
        max(frequency) as frequency
    from {{ ref("tag_rfm_category") }}
    group by one_id

)

select
    rfm.one_id,
    rfm.recency_days,
    rfm.frequency,
    rfm.monetary,
    channels.recency_days as channel_recency_days,
    channels.frequency as channel_frequency,
    channels.monetary as channel_monetary,
    categories.recency_days as category_recency_days,
    categories.frequency as category_frequency
from rfm
left join channels on rfm.one_id = channels.one_id
left join elsewhere on rfm.one_id = elsewhere.one_id
left join categories on rfm.one_id = categories.one_id
where
    channels.one_id is null
    or rfm.frequency <> channels.frequency + coalesce(elsewhere.frequency, 0)
    or rfm.monetary <> channels.monetary + coalesce(elsewhere.monetary, 0)
    or (elsewhere.one_id is null and rfm.recency_days <> channels.recency_days)
    or categories.recency_days < rfm.recency_days
    or categories.frequency > rfm.frequency
