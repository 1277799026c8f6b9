{%- set share = setting("reseller_quantile") -%}

with

rfm_values as (

    select * from {{ ref("int_rfm__values") }}
    where scope = 'overall'

),

-- Orders cannot be many times those of the best customers, spend can: that separates
-- resellers from frequent customers.
fences as (

    select
        {{ quantile("frequency", share) }} as frequency_fence,
        {{ setting("reseller_spend_multiple") }} * {{ quantile("monetary", share) }}
            as monetary_fence,
        {{ quantile("recency_days", setting("reseller_recent_share")) }} as recency_fence
    from rfm_values

)

select
    cast(frequency_fence as double) as frequency_fence,
    cast(monetary_fence as double) as monetary_fence,
    cast(recency_fence as double) as recency_fence
from fences
