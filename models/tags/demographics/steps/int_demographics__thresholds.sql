with

usual_cities as (

    select
        max(city_agreement) as city_agreement,
        max(compared_customers) as compared_customers
    from {{ ref("int_demographics__usual_cities") }}

),

age_bands as (

    select * from {{ ref("age_bands") }}

),

demographics_thresholds as (

    select
        'city' as tag_code,
        'usual_city_agreement' as threshold_code,
        cast(round(city_agreement, 4) as string) as threshold_value,
        'data' as origin
    from usual_cities
    where city_agreement is not null

    union all

    select
        'city' as tag_code,
        'usual_city_compared_customers' as threshold_code,
        cast(compared_customers as string) as threshold_value,
        'data' as origin
    from usual_cities
    where city_agreement is not null

    union all

    select
        'age_band' as tag_code,
        band_code || '_from' as threshold_code,
        cast(age_from as string) as threshold_value,
        'seed' as origin
    from age_bands

)

select
    cast(tag_code as string) as tag_code,
    cast(threshold_code as string) as threshold_code,
    cast(threshold_value as string) as threshold_value,
    cast(origin as string) as origin
from demographics_thresholds
