{#- What RFM compares, per customer and part of the range: each category, each channel. -#}
{%- set window_days = setting("rfm_window_days") -%}
{%- set counted = "sold_amount" if setting("rfm_returns") == "ignore" else "kept_amount" -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

customer_profiles as (

    select
        profile_id,
        one_id
    from {{ ref("customer_profiles") }}

),

category_days as (

    select * from {{ ref("int_behaviour__category_days") }}
    where line_count > 0 or kept_amount <> 0

),

orders as (

    select * from {{ ref("orders") }}
    where one_id is not null and not is_cancelled

),

tie_breaks as (

    select * from {{ ref("int_identity__tie_breaks") }}

),

category_totals as (

    select
        customer_profiles.one_id,
        'category' as part_type,
        category_days.category as part,
        sum(category_days.orders) as frequency,
        sum(category_days.{{ counted }}) as monetary,
        sum(category_days.sold_amount) as sales_amount,
        max(case when category_days.orders > 0 then category_days.activity_date end)
            as last_ordered_date,
        max(category_days.last_ordered_at) as last_ordered_at
    from category_days
    inner join customer_profiles on category_days.profile_id = customer_profiles.profile_id
    {% if window_days > 0 -%}
        cross join as_of
        where
            category_days.activity_date > {{ add_days("as_of.as_of_date", -window_days) }}
    {%- endif %}
    group by customer_profiles.one_id, category_days.category

),

channel_totals as (

    select
        orders.one_id,
        'channel' as part_type,
        orders.channel as part,
        count(case when not orders.is_return then 1 end) as frequency,
        {% if setting("rfm_returns") == "ignore" -%}
            sum(case when orders.is_return then 0 else orders.net_amount end) as monetary,
        {%- else -%}
            sum(orders.kept_amount) as monetary,
        {%- endif %}
        sum(case when orders.is_return then 0 else orders.net_amount end) as sales_amount,
        max(case when not orders.is_return then orders.ordered_date end) as last_ordered_date,
        max(case when not orders.is_return then orders.ordered_at end) as last_ordered_at
    from orders
    {% if window_days > 0 -%}
        cross join as_of
        where orders.ordered_date > {{ add_days("as_of.as_of_date", -window_days) }}
    {%- endif %}
    group by orders.one_id, orders.channel

),

totals as (

    select * from category_totals
    union all
    select * from channel_totals

),

-- who only brought things back, or only took free samples, has not bought there
rfm_part_values as (

    select
        totals.*,
        as_of.as_of_date,
        {{ rfm_recency_days("totals") }} as recency_days,
        tie_breaks.natural_key_rank,
        count(*) over (partition by totals.part_type, totals.part) as part_customers
    from totals
    left join tie_breaks on totals.one_id = tie_breaks.one_id
    cross join as_of
    where totals.frequency > 0 and totals.sales_amount > 0

)

select
    cast(one_id as string) as one_id,
    cast(part_type as string) as part_type,
    cast(part as string) as part,
    cast(recency_days as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(monetary as decimal(18, 2)) as monetary,
    cast(natural_key_rank as bigint) as natural_key_rank,
    cast(part_customers as bigint) as part_customers,
    cast(as_of_date as date) as as_of_date
from rfm_part_values
