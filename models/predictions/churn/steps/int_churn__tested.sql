{#- What each version gave the customers of dates that it had not seen (tested_predictors). -#}
{%- set has_left = "case when frame.order_days_after = 0 then 1 else 0 end" -%}
with

tested as (

    {{ tested_predictors(ref("int_churn__parameters"), has_left) }}

),

given as (

    select
        *,
        {{ logistic_probability("linear") }} as probability
    from tested

)

select
    cast(one_id as string) as one_id,
    cast(purpose as string) as purpose,
    cast(model_version as string) as model_version,
    cast(method as string) as method,
    cast(step as integer) as step,
    cast(tested_step as integer) as tested_step,
    cast(probability as double) as probability,
    cast(outcome as integer) as outcome,
    cast((probability - outcome) * (probability - outcome) as double) as error,
    cast(tested_date as date) as tested_date
from given
