{#- What each version gave the customers of dates that it had not seen (tested_predictors). -#}
{%- set bought -%}
    case
        when versions.purpose like 'orders_%' then cast(frame.order_days_after as double)
        else cast(greatest(frame.net_amount_after, 0) as double)
    end
{%- endset -%}
with

tested as (

    {{ tested_predictors(ref("int_repeat__parameters"), bought) }}

),

given as (

    select
        *,
        {{ poisson_mean("linear") }} as expected
    from tested

),

-- Poisson deviance
erred as (

    select
        *,
        2 * (
            case when outcome > 0 then outcome * ln(outcome / expected) else 0 end
            - outcome + expected
        ) as error
    from given

)

select
    cast(one_id as string) as one_id,
    cast(purpose as string) as purpose,
    cast(model_version as string) as model_version,
    cast(method as string) as method,
    cast(step as integer) as step,
    cast(tested_step as integer) as tested_step,
    cast(expected as double) as expected,
    cast(outcome as double) as outcome,
    cast(error as double) as error,
    cast(tested_date as date) as tested_date
from erred
