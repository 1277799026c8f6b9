{%- set enough_share = 0.9 -%}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

chosen as (

    select * from {{ ref("int_coupons__models") }}
    where is_chosen

),

-- why nobody has a probability
reasons as (

    select
        purpose,
        coalesce(reason, 'no_model_beats_the_base_rate') as reason
    from {{ ref("int_coupons__versions") }}
    where step = 0 and method = 'beta_binomial'

),

offered as (

    select * from {{ ref("int_coupons__scored") }}
    where step = 0 and method = 'base_rate'

),

scored as (

    select
        offered.one_id,
        offered.purpose,
        offered.amount_from,
        offered.offers,
        offered.redemptions,
        chosen.method,
        chosen.model_version,
        given.probability,
        given.effective_offers,
        case when given.probability is null then reasons.reason end as reason
    from offered
    inner join reasons on offered.purpose = reasons.purpose
    left join chosen on offered.purpose = chosen.purpose
    left join {{ ref("int_coupons__scored") }} as given
        on
            chosen.purpose = given.purpose
            and chosen.method = given.method
            and offered.one_id = given.one_id
            and offered.amount_from = given.amount_from
            and given.step = 0

),

compared as (

    select
        *,
        1.96 * sqrt(probability * (1 - probability) / (effective_offers + 1)) as margin,
        max(probability) over (partition by one_id, purpose) as most
    from scored

),

placed as (

    select
        *,
        min(case when round(probability - {{ enough_share }} * most, 9) >= 0 then amount_from end)
            over (partition by one_id, purpose) as enough_from
    from compared

)

select
    cast(placed.one_id as string) as one_id,
    cast(replace(placed.purpose, 'coupon_', '') as string) as discount_type,
    cast(placed.amount_from as decimal(18, 2)) as amount_from,
    cast(placed.reason as string) as reason,
    cast(placed.method as string) as method,
    cast(placed.model_version as string) as model_version,
    cast(placed.offers as bigint) as offers,
    cast(placed.redemptions as bigint) as redemptions,
    cast(placed.probability as double) as response_probability,
    cast(
        case when placed.reason is null then greatest(placed.probability - placed.margin, 0) end
        as double
    ) as response_probability_low,
    cast(
        case when placed.reason is null then least(placed.probability + placed.margin, 1) end
        as double
    ) as response_probability_high,
    cast(
        coalesce(
            placed.amount_from = placed.enough_from
            -- the other methods give all amounts the same
            and placed.method in ('amount_rate', 'beta_binomial'),
            false
        ) as boolean
    ) as is_enough,
    cast(as_of.as_of_date as date) as as_of_date
from placed
cross join as_of
