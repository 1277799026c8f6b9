with

contact_response_weights as (

    select * from {{ ref("contact_response_weights") }}

),

checked as (

    {{ checked_weights(
        "contact_response_weights",
        "contact_response_weights",
        "'contact'",
        ["open", "click", "conversion"],
    ) }}

)

select
    cast(scope as string) as scope,
    cast(indicator_code as string) as indicator_code,
    cast(weight as double) as weight
from checked
