with

member_value_weights as (

    select * from {{ ref("member_value_weights") }}

),

checked as (

    {{ checked_weights(
        "member_value_weights",
        "member_value_weights",
        "'member_value'",
        member_value_indicators() | map(attribute="code") | list,
    ) }}

)

select
    cast(scope as string) as scope,
    cast(indicator_code as string) as indicator_code,
    cast(weight as double) as weight
from checked
