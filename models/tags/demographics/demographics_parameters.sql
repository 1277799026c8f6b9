with

top_cities as (

    select * from {{ ref("int_demographics__top_cities") }}

),

customers as (

    select
        one_id,
        city
    from {{ ref("customers") }}
    where city is not null

),

-- how concentrated customers are: the share of the city each visits most
priors as (

    select
        sum(visits) / nullif(cast(sum(all_visits) as double), 0) as visit_share_mean,
        {{ beta_prior_size(
            "sum(cast(visits as double) * visits / all_visits)",
            "sum(visits)",
            "sum(all_visits)",
            "sum(cast(all_visits as double) * all_visits)",
            "count(*)",
        ) }} as visit_share_prior_size
    from top_cities

),

-- how often the usual city is the one that customers give as theirs
agreement as (

    select
        avg(case when top_cities.city = customers.city then 1.0 else 0.0 end)
            as usual_city_agreement,
        nullif(count(*), 0) as usual_city_compared_customers
    from top_cities
    inner join customers on top_cities.one_id = customers.one_id
    cross join priors
    where
        top_cities.all_visits >= {{ var("usual_city_min_visits") }}
        and {{ usual_city_probability() }} >= {{ var("usual_city_min_confidence") }}

),

demographics_parameters as (

    {{ parameter_rows(
        "priors", "usual_store_city", ["visit_share_mean", "visit_share_prior_size"]
    ) }}
    union all
    {{ parameter_rows("agreement", "city", ["usual_city_agreement"], 4) }}
    union all
    {{ parameter_rows("agreement", "city", ["usual_city_compared_customers"], "exact") }}
    union all
    {{ level_parameters(ref("age_bands"), "'age_band'", "band_code", "age_from") }}

)

{{ as_parameters("demographics_parameters") }}
