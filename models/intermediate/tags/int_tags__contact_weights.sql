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
    cast(scope as varchar) as scope,
    cast(indicator_code as varchar) as indicator_code,
    cast(weight as double) as weight
from checked
