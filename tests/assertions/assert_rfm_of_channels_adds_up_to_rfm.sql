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
        sum(monetary) as monetary,
        count(*) as channel_count
    from {{ ref("tag_rfm_channel") }}
    group by one_id

),

aged_orders as (

    select
        orders.*,
        customer_profiles.one_id,
        {{ days_between("orders.ordered_date", "as_of.as_of_date") }} as days_ago
    from {{ ref("int_behaviour__orders") }} as orders
    inner join {{ ref("customer_profiles") }} as customer_profiles
        on orders.profile_id = customer_profiles.profile_id
    cross join {{ ref("int_behaviour__as_of") }} as as_of
    where not orders.is_cancelled

),

elsewhere as (

    select
        aged_orders.one_id,
        sum(case when aged_orders.is_return then 0 else 1 end) as frequency,
        {% if var("rfm_returns") == "ignore" -%}
            sum(case when aged_orders.is_return then 0 else aged_orders.net_amount end) as monetary
        {%- else -%}
            sum(aged_orders.kept_amount) as monetary
        {%- endif %}
    from aged_orders
    left join {{ ref("tag_rfm_channel") }} as rfm_channel
        on
            aged_orders.one_id = rfm_channel.one_id
            and aged_orders.channel = rfm_channel.channel
    where
        rfm_channel.one_id is null
        {% if var("rfm_window_days") > 0 -%}
            and aged_orders.days_ago between 0 and {{ var("rfm_window_days") }} - 1
        {%- endif %}
    group by aged_orders.one_id

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
    -- each spend is rounded once, so each may be off by less than half a unit of the second decimal
    or abs(rfm.monetary - channels.monetary - coalesce(elsewhere.monetary, 0))
    >= 0.005 * (channels.channel_count + 1)
    or (elsewhere.one_id is null and rfm.recency_days <> channels.recency_days)
    or categories.recency_days < rfm.recency_days
    or categories.frequency > rfm.frequency
