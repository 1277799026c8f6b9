{#-
    What each customer chose how often, in one shape for all preferences: lines kept for what
    a product is, orders kept for where, how and when they were placed.
-#}
{%- set product_dimensions = ["category", "brand", "colour", "price_band"] -%}
{%- set order_dimensions = ["store", "payment_method", "daypart", "weekpart"] -%}

with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

customer_products as (

    select * from {{ ref("int_tags__customer_products") }}

),

products as (

    select * from {{ ref("products") }}

),

price_products as (

    select
        product_id,
        price_band
    from {{ ref("int_tags__product_prices") }}

),

dayparts as (

    select * from {{ ref("int_preferences__dayparts") }}

),

described_products as (

    select
        products.product_id,
        products.category,
        products.brand,
        products.colour,
        price_products.price_band
    from products
    left join price_products on products.product_id = price_products.product_id

),

placed as (

    select
        orders.one_id,
        orders.store_id,
        orders.payment_method,
        orders.ordered_date,
        {{ to_business_time("orders.ordered_at") }} as business_time
    from {{ ref("orders") }} as orders
    cross join as_of
    where
        orders.one_id is not null
        and not orders.is_return
        and not orders.is_cancelled
        and orders.kept_amount > 0
        and orders.ordered_date > {{ add_days(
            "as_of.as_of_date", -var("loyalty_window_days")
        ) }}

),

described_orders as (

    select
        one_id,
        store_id as store,
        payment_method,
        case when {{ iso_weekday("ordered_date") }} >= 6 then 'weekend' else 'weekday' end
            as weekpart,
        -- midnight to the second is a date without a time
        case
            when business_time <> cast(cast(business_time as date) as timestamp)
                then extract(hour from business_time)
        end as business_hour
    from placed

),

order_choices as (

    select
        described_orders.one_id,
        described_orders.store,
        described_orders.payment_method,
        described_orders.weekpart,
        dayparts.daypart_code as daypart,
        count(*) as choices
    from described_orders
    left join dayparts on described_orders.business_hour = dayparts.business_hour
    group by
        described_orders.one_id,
        described_orders.store,
        described_orders.payment_method,
        described_orders.weekpart,
        dayparts.daypart_code

),

product_choices as (

    select
        customer_products.one_id,
        {% for dimension in product_dimensions -%}
            described_products.{{ dimension }},
        {% endfor -%}
        customer_products.line_count as choices
    from customer_products
    inner join described_products on customer_products.product_id = described_products.product_id

),

preference_counts as (

    {% for dimension in product_dimensions + order_dimensions -%}
        select
            one_id,
            '{{ dimension }}' as dimension,
            {{ dimension }} as choice,
            sum(choices) as choices
        from {{ "product_choices" if dimension in product_dimensions else "order_choices" }}
        where {{ dimension }} is not null
        group by one_id, {{ dimension }}
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    cast(one_id as string) as one_id,
    cast(dimension as string) as dimension,
    cast(choice as string) as choice,
    cast(choices as bigint) as choices
from preference_counts
