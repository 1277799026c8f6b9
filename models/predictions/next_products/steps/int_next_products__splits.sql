{#- Learnt on one date, tested on a later one, applied on the as-of date. -#}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

splits as (

    {% for split_code in ["training", "test", "scoring"] -%}
        select
            '{{ split_code }}' as split_code,
            {{ add_days("as_of_date", -(2 - loop.index0) * var("next_product_horizon_days")) }}
                as cutoff_date
        from as_of
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    cast(split_code as string) as split_code,
    cast(cutoff_date as date) as cutoff_date,
    cast({{ add_days("cutoff_date", -var("prediction_look_back_days")) }} as date) as before_date,
    cast({{ add_days("cutoff_date", -var("next_product_horizon_days")) }} as date)
        as before_recent_date,
    cast({{ add_days("cutoff_date", var("next_product_horizon_days")) }} as date) as horizon_date
from splits
