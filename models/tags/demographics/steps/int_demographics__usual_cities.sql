{#-
    The city of the stores in which a customer shops, where the visits support one, and how
    often such a city is the one that customers give as theirs.
-#}
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

customers as (

    select
        one_id,
        city
    from {{ ref("customers") }}

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
        > {{ add_days("as_of.as_of_date", -setting("channel_window_days")) }}
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

-- how concentrated customers are: the share of the city each visits most
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

),

top_cities as (

    select * from most_visited
    where place = 1

),

visit_prior as (

    select
        sum(visits) / nullif(cast(sum(all_visits) as double), 0) as prior_mean,
        {{ beta_prior_strength(
            "sum(cast(visits as double) * visits / all_visits)",
            "sum(visits)",
            "sum(all_visits)",
            "sum(cast(all_visits as double) * all_visits)",
            "count(*)",
        ) }} as prior_strength
    from top_cities

),

rated as (

    select
        top_cities.*,
        visit_prior.prior_strength,
        {{ beta_mean(
            "top_cities.visits",
            "top_cities.all_visits",
            "visit_prior.prior_mean",
            "visit_prior.prior_strength",
        ) }} as visit_share
    from top_cities
    cross join visit_prior

),

usual_cities as (

    select
        *,
        {{ probability_above(
            "visit_share", beta_variance("visit_share", "all_visits", "prior_strength"), "0.5"
        ) }} as probability
    from rated
    where all_visits >= {{ setting("usual_city_min_visits") }}

),

supported as (

    select * from usual_cities
    where probability >= {{ setting("usual_city_min_confidence") }}

),

agreement as (

    select
        avg(case when supported.city = customers.city then 1.0 else 0.0 end) as city_agreement,
        count(*) as compared_customers
    from supported
    inner join customers
        on supported.one_id = customers.one_id
    where customers.city is not null

)

select
    cast(supported.one_id as string) as one_id,
    cast(supported.city as string) as city,
    cast(supported.province as string) as province,
    cast(supported.visits as bigint) as visits,
    cast(supported.all_visits as bigint) as all_visits,
    cast(supported.probability as double) as probability,
    cast(agreement.city_agreement as double) as city_agreement,
    cast(agreement.compared_customers as bigint) as compared_customers
from supported
cross join agreement
