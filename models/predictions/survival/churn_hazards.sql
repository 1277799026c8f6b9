with

hazards as (

    select * from {{ ref("int_survival__hazards") }}

),

fit_dates as (

    select max(fit_date) as fit_date from {{ ref("int_predictions__dates") }}

)

select
    cast(hazards.variable as string) as variable,
    cast(hazards.reason as string) as reason,
    cast(hazards.coefficient as double) as coefficient,
    cast(hazards.hazard_ratio as double) as hazard_ratio,
    cast(hazards.standard_error as double) as standard_error,
    cast(hazards.z as double) as z,
    cast(hazards.p as double) as p,
    cast(hazards.proportionality_p as double) as proportionality_p,
    cast(hazards.customers as bigint) as customers,
    cast(hazards.events as bigint) as events,
    cast(hazards.proportionality_p >= 0.05 as boolean) as is_proportional,
    cast(fit_dates.fit_date as date) as as_of_date
from hazards
cross join fit_dates
