{%- set window_days = setting("rfm_window_days") -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

orders as (

    select * from {{ ref("orders") }}
    where one_id is not null and not is_cancelled

),

tie_breaks as (

    select * from {{ ref("int_identity__tie_breaks") }}

),

in_window as (

    select
        orders.*,
        not orders.is_return as is_sale,
        {% if setting("rfm_returns") == "ignore" -%}
            case when orders.is_return then 0 else orders.net_amount end as counted_amount
        {%- else -%}
            orders.kept_amount as counted_amount
        {%- endif %}
    from orders
    cross join as_of
    {% if window_days > 0 -%}
        where orders.ordered_date > {{ add_days("as_of.as_of_date", -window_days) }}
    {%- endif %}

),

totals as (

    select
        one_id,
        count(case when is_sale then order_id end) as frequency,
        sum(counted_amount) as monetary,
        sum(case when is_sale then net_amount else 0 end) as sales_amount,
        max(case when is_sale then ordered_date end) as last_ordered_date,
        max(case when is_sale then ordered_at end) as last_ordered_at
    from in_window
    group by one_id

),

-- a customer who only brought things back, or only took free samples, has not bought
buyers as (

    select * from totals
    where frequency > 0 and sales_amount > 0

),

rfm_values as (

    select
        buyers.one_id,
        as_of.as_of_date,
        {{ rfm_recency_days("buyers") }} as recency_days,
        buyers.frequency,
        buyers.monetary,
        tie_breaks.natural_key_rank
    from buyers
    left join tie_breaks on buyers.one_id = tie_breaks.one_id
    cross join as_of

)

select
    cast(one_id as string) as one_id,
    cast(recency_days as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(monetary as decimal(18, 2)) as monetary,
    cast(natural_key_rank as bigint) as natural_key_rank,
    cast(as_of_date as date) as as_of_date
from rfm_values
