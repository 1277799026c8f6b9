{#- What each version gave on its own date and the next, as tested_predictors has it. -#}
with

dates as (

    select step from {{ ref("int_predictions__dates") }}
    where horizon_days = 28 and is_tested

),

price_rows as (

    select customers.*
    from {{ ref("int_next_prices__customers") }} as customers
    inner join dates on customers.step = dates.step

),

given as (

    {{ price_band_probabilities(
        "price_rows",
        ref("int_next_prices__parameters"),
        "versions.version_step between price_rows.step and price_rows.step + 1",
    ) }}

)

select
    cast(one_id as string) as one_id,
    cast(category as string) as category,
    cast(purpose as string) as purpose,
    cast(model_version as string) as model_version,
    cast(method as string) as method,
    cast(price_band as string) as price_band,
    cast(band_after as string) as band_after,
    cast(version_step as integer) as step,
    cast(step as integer) as tested_step,
    cast(probability as double) as probability,
    cast(
        case band_after
            {% for band in price_bands() -%}
                when '{{ band }}' then {{ band }}_probability
            {% endfor -%}
        end as double
    ) as probability_after,
    cast(
        {% for band in price_bands() -%}
            {{ "+ " if not loop.first }}power(
                {{ band }}_probability - case when band_after = '{{ band }}' then 1 else 0 end, 2
            )
        {% endfor %} as double
    ) as error,
    cast(expected_price as double) as expected_price,
    cast(price_after as double) as price_after,
    cast(snapshot_date as date) as tested_date
from given
