-- What RFM says a customer spent is what its orders of the window say; nobody is in the
-- table without an order.
with

rfm as (

    select * from {{ ref("tag_rfm") }}

),

orders as (

    select
        one_id,
        count(case when not is_return then 1 end) as frequency,
        sum(
            {% if setting("rfm_returns") == "ignore" -%}
            case when is_return then 0 else net_amount end
            {%- else -%}
                kept_amount
            {%- endif %}
        ) as monetary
    from {{ ref("orders") }}
    where
        not is_cancelled
        {% if setting("rfm_window_days") > 0 -%}
            and ordered_date > (
                select {{ add_days("as_of_date", -setting("rfm_window_days")) }}
                from {{ ref("int_behaviour__as_of") }}
            )
        {%- endif %}
    group by one_id

)

select
    rfm.one_id,
    rfm.frequency,
    rfm.monetary,
    orders.frequency as frequency_of_orders,
    orders.monetary as monetary_of_orders
from rfm
left join orders on rfm.one_id = orders.one_id
where
    orders.one_id is null
    or rfm.frequency <> orders.frequency
    or rfm.monetary <> orders.monetary
