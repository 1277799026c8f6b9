{#- The three values that RFM compares: overall, in each category and in each channel. -#}
{%- set window_days = var("rfm_window_days") -%}
{%- set ignores_returns = var("rfm_returns") == "ignore" -%}

with

as_of as (

    select
        *,
        {{ add_days("as_of_date", -window_days) }} as before_window
    from {{ ref("int_behaviour__as_of") }}

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
        'category' as scope,
        category_days.category as scope_value,
        sum(category_days.orders) as frequency,
        sum(category_days.{{ "sold_amount" if ignores_returns else "kept_amount" }}) as monetary,
        sum(category_days.sold_amount) as sales_amount,
        max(case when category_days.orders > 0 then category_days.activity_date end)
            as last_ordered_date,
        max(category_days.last_ordered_at) as last_ordered_at
    from category_days
    inner join customer_profiles on category_days.profile_id = customer_profiles.profile_id
    cross join as_of
    where {{ window_days }} = 0 or category_days.activity_date > as_of.before_window
    group by customer_profiles.one_id, category_days.category

),

channel_totals as (

    select
        orders.one_id,
        'channel' as scope,
        orders.channel as scope_value,
        count(case when not orders.is_return then orders.order_id end) as frequency,
        {% if ignores_returns -%}
            sum(case when orders.is_return then 0 else orders.net_amount end) as monetary,
        {%- else -%}
            sum(orders.kept_amount) as monetary,
        {%- endif %}
        sum(case when orders.is_return then 0 else orders.net_amount end) as sales_amount,
        max(case when not orders.is_return then orders.ordered_date end) as last_ordered_date,
        max(case when not orders.is_return then orders.ordered_at end) as last_ordered_at
    from orders
    cross join as_of
    where {{ window_days }} = 0 or orders.ordered_date > as_of.before_window
    group by orders.one_id, orders.channel

),

-- an order has one channel, so the totals of the channels add up
overall_totals as (

    select
        one_id,
        'overall' as scope,
        'all' as scope_value,
        sum(frequency) as frequency,
        sum(monetary) as monetary,
        sum(sales_amount) as sales_amount,
        max(last_ordered_date) as last_ordered_date,
        max(last_ordered_at) as last_ordered_at
    from channel_totals
    group by one_id

),

totals as (

    select * from overall_totals
    union all
    select * from category_totals
    union all
    select * from channel_totals

),

-- customers with returns or free samples alone have not bought
buyers as (

    select
        *,
        count(*) over (partition by scope, scope_value) as scope_customers
    from totals
    where frequency > 0 and sales_amount > 0

),

rfm_values as (

    select
        buyers.*,
        as_of.as_of_date,
        tie_breaks.natural_key_rank,
        -- a fifth of few customers is too small to compare with
        buyers.scope = 'overall' or buyers.scope_customers >= {{ var("min_group_customers") }}
            as is_compared,
        case
            when as_of.has_time_of_day
                then floor(
                    (
                        {{ epoch_seconds("as_of.as_of_at") }}
                        - {{ epoch_seconds("buyers.last_ordered_at") }}
                    )
                    / 86400.0
                )
            else {{ days_between("buyers.last_ordered_date", "as_of.as_of_date") }}
        end as recency_days
    from buyers
    left join tie_breaks on buyers.one_id = tie_breaks.one_id
    cross join as_of

)

select
    cast(one_id as string) as one_id,
    cast(scope as string) as scope,
    cast(scope_value as string) as scope_value,
    cast(recency_days as integer) as recency_days,
    cast(frequency as bigint) as frequency,
    cast(monetary as decimal(28, 4)) as monetary,
    cast(natural_key_rank as bigint) as natural_key_rank,
    cast(scope_customers as bigint) as scope_customers,
    cast(is_compared as boolean) as is_compared,
    cast(as_of_date as date) as as_of_date
from rfm_values
