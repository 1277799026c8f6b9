-- What RFM says of a customer is what its orders of the window say: how many, for how much,
-- how long ago the last. Whoever bought for money is in the table, and nobody else. Judged by
-- the orders of behaviour and the bridge, the window by days counted back from the as-of date.
with

rfm as (

    select * from {{ ref("tag_rfm") }}

),

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

aged_orders as (

    select
        orders.*,
        customer_profiles.one_id,
        {{ days_between("orders.ordered_date", "as_of.as_of_date") }} as days_ago
    from {{ ref("int_behaviour__orders") }} as orders
    inner join {{ ref("customer_profiles") }} as customer_profiles
        on orders.profile_id = customer_profiles.profile_id
    cross join as_of
    where not orders.is_cancelled

),

buyers as (

    select
        one_id,
        min(case when not is_return then days_ago end) as recency_days,
        sum(case when is_return then 0 else 1 end) as frequency,
        {% if var("rfm_returns") == "ignore" -%}
            sum(case when is_return then 0 else net_amount end) as monetary
        {%- else -%}
            sum(kept_amount) as monetary
        {%- endif %}
    from aged_orders
    {% if var("rfm_window_days") > 0 -%}
        where days_ago between 0 and {{ var("rfm_window_days") }} - 1
    {%- endif %}
    group by one_id
    having sum(case when is_return then 0 else net_amount end) > 0

)

select
    coalesce(rfm.one_id, buyers.one_id) as one_id,
    rfm.recency_days,
    rfm.frequency,
    rfm.monetary,
    buyers.recency_days as recency_days_of_orders,
    buyers.frequency as frequency_of_orders,
    buyers.monetary as monetary_of_orders
from rfm
full outer join buyers on rfm.one_id = buyers.one_id
cross join as_of
where
    rfm.one_id is null
    or buyers.one_id is null
    -- with a time of day, days are whole days elapsed
    or (not as_of.has_time_of_day and rfm.recency_days <> buyers.recency_days)
    or rfm.frequency <> buyers.frequency
    or rfm.monetary <> round(buyers.monetary, 2)
