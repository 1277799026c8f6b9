{#- The curve of Kaplan and Meier (1958), of all customers and of each card level. -#}
with

lifetimes as (

    select * from {{ ref("int_survival__lifetimes") }}

),

tiers as (

    select
        'all' as card_level,
        days,
        has_left,
        fit_date
    from lifetimes
    union all
    select
        card_level,
        days,
        has_left,
        fit_date
    from lifetimes

),

ended as (

    select
        card_level,
        days,
        fit_date,
        count(*) as customers,
        sum(case when has_left then 1 else 0 end) as left_customers
    from tiers
    group by card_level, days, fit_date

),

at_risk as (

    select
        *,
        sum(customers) over (partition by card_level order by days desc) as at_risk
    from ended

),

-- a day on which all that were left leave ends the curve: ln 0 is not needed after it
steps as (

    select
        *,
        case
            when left_customers < at_risk then ln(1 - left_customers / cast(at_risk as double))
        end as log_share,
        case
            when left_customers < at_risk
                then left_customers / (cast(at_risk as double) * (at_risk - left_customers))
        end as variance
    from at_risk
    where left_customers > 0

),

curves as (

    select
        *,
        case
            when left_customers < at_risk
                then exp(sum(log_share) over (partition by card_level order by days))
            else 0
        end as survival,
        sum(variance) over (partition by card_level order by days) as summed_variance
    from steps

)

select
    cast(card_level as string) as card_level,
    cast(days as integer) as days,
    cast(at_risk as bigint) as at_risk,
    cast(left_customers as bigint) as left_customers,
    cast(survival as double) as survival,
    -- Greenwood (1926)
    cast(
        case when survival > 0 then survival * sqrt(summed_variance) else 0 end as double
    ) as standard_error,
    cast(fit_date as date) as as_of_date
from curves
