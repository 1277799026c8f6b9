{#- The city of the stores in which a customer shops, where the visits support one. -#}
with

top_cities as (

    select * from {{ ref("int_demographics__top_cities") }}

),

priors as (

    {{ read_parameters(
        ref("demographics_parameters"),
        "usual_store_city",
        ["visit_share_mean", "visit_share_prior_size"],
    ) }}

),

rated as (

    select
        top_cities.*,
        {{ usual_city_probability() }} as probability
    from top_cities
    cross join priors
    where top_cities.all_visits >= {{ var("usual_city_min_visits") }}

)

select
    cast(one_id as string) as one_id,
    cast(city as string) as city,
    cast(province as string) as province,
    cast(visits as bigint) as visits,
    cast(all_visits as bigint) as all_visits,
    cast(probability as double) as probability
from rated
where probability >= {{ var("usual_city_min_confidence") }}
