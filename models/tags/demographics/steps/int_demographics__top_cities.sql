{#- The city of the stores in which a customer shops most often. -#}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

stores as (

    select
        store_id,
        city,
        province
    from {{ ref("stores") }}
    where city is not null

),

-- several receipts of one day in one city are one visit
visits as (

    select
        orders.one_id,
        orders.ordered_date,
        stores.city,
        max(stores.province) as province
    from {{ ref("orders") }} as orders
    inner join stores
        on orders.store_id = stores.store_id
    cross join as_of
    where
        orders.one_id is not null
        and not orders.is_return
        and not orders.is_cancelled
        and orders.ordered_date
        > {{ add_days("as_of.as_of_date", -var("channel_window_days")) }}
    group by orders.one_id, orders.ordered_date, stores.city

),

per_city as (

    select
        one_id,
        city,
        max(province) as province,
        count(*) as visits
    from visits
    group by one_id, city

),

per_customer as (

    select
        one_id,
        sum(visits) as all_visits
    from per_city
    group by one_id

),

most_visited as (

    select
        per_city.one_id,
        per_city.city,
        per_city.province,
        per_city.visits,
        per_customer.all_visits,
        row_number() over (
            partition by per_city.one_id order by per_city.visits desc, per_city.city asc
        ) as place
    from per_city
    inner join per_customer
        on per_city.one_id = per_customer.one_id

)

select
    cast(one_id as string) as one_id,
    cast(city as string) as city,
    cast(province as string) as province,
    cast(visits as bigint) as visits,
    cast(all_visits as bigint) as all_visits
from most_visited
where place = 1
