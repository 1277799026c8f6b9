{%- set fence = setting("reseller_fence") -%}

with

rfm_values as (

    select * from {{ ref("int_tags__rfm_values") }}

),

quartiles as (

    select
        {{ quantile("ln(1 + frequency)", 0.25) }} as frequency_q1,
        {{ quantile("ln(1 + frequency)", 0.75) }} as frequency_q3,
        {{ quantile("ln(1 + greatest(monetary, 0))", 0.25) }} as monetary_q1,
        {{ quantile("ln(1 + greatest(monetary, 0))", 0.75) }} as monetary_q3,
        {{ quantile("recency_days", setting("reseller_recent_share")) }} as recency_fence
    from rfm_values

),

-- on the log scale, where counts and money are roughly symmetric
fences as (

    select
        exp(frequency_q3 + {{ fence }} * (frequency_q3 - frequency_q1)) - 1 as frequency_fence,
        exp(monetary_q3 + {{ fence }} * (monetary_q3 - monetary_q1)) - 1 as monetary_fence,
        recency_fence
    from quartiles

)

select
    cast(frequency_fence as double) as frequency_fence,
    cast(monetary_fence as double) as monetary_fence,
    cast(recency_fence as double) as recency_fence
from fences
