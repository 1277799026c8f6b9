with

activity_weights as (

    select * from {{ ref("activity_weights") }}

),

checked as (

    {{ checked_weights(
        "activity_weights",
        "activity_weights",
        "'activity'",
        activity_indicators() | map(attribute="code") | list,
    ) }}

)

select
    cast(scope as string) as scope,
    cast(indicator_code as string) as indicator_code,
    cast(weight as double) as weight
from checked
