{#- Where the data draw the lines of the life cycle. -#}
with

-- what a customer spent in rfm_window_days is its value, as for RFM
customer_values as (

    select monetary
    from {{ ref("int_rfm__values") }}
    where scope = 'overall' and monetary > 0

),

shares as (

    select
        {{ quantile("monetary", 1 - setting("lifecycle_core_share")) }} as core_from,
        {{ quantile("monetary", 0.5) }} as high_potential_from
    from customer_values

),

multiples as (

    select * from {{ ref("int_nes__multiples") }}

)

select
    cast(round(shares.core_from, 2) as decimal(18, 2)) as core_from,
    cast(round(shares.high_potential_from, 2) as decimal(18, 2)) as high_potential_from,
    cast(multiples.active_multiple as double) as active_multiple,
    cast(multiples.sleeping_multiple as double) as sleeping_multiple
from shares
cross join multiples
