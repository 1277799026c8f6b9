with

loyalty_weights as (

    select * from {{ ref("loyalty_weights") }}

),

checked as (

    {{ checked_weights(
        "loyalty_weights",
        "loyalty_weights",
        "scope",
        brand_loyalty_indicators() | map(attribute="code") | list,
    ) }}

)

select
    cast(scope as string) as scope,
    cast(indicator_code as string) as indicator_code,
    cast(weight as double) as weight
from checked
