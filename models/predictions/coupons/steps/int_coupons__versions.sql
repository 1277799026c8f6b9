{#- What each method learnt from by each date, or why it says nothing. -#}
{%- set methods = ["base_rate", "amount_rate", "customer_rate", "beta_binomial"] -%}
with

dates as (

    select * from {{ ref("int_coupons__dates") }}

),

methods as (

    {% for method in methods -%}
        select '{{ method }}' as method
        {{ "union all" if not loop.last }}
    {% endfor %}

),

learnt as (

    select
        purpose,
        step,
        count(*) as amounts,
        max(all_customers) as customers,
        max(all_offers) as offers,
        max(all_redemptions) as redemptions
    from {{ ref("int_coupons__amounts") }}
    group by purpose, step

),

windows as (

    select
        purpose,
        step,
        min(first_started_date) as first_started_date,
        max(last_ended_date) as last_ended_date
    from {{ ref("int_coupons__customers") }}
    group by purpose, step

),

judged as (

    select
        dates.*,
        coalesce(learnt.offers, 0) as offers,
        coalesce(learnt.redemptions, 0) as redemptions,
        windows.first_started_date,
        windows.last_ended_date,
        case
            when learnt.offers is null then 'no_coupon_of_an_amount'
            when learnt.amounts < 2 then 'one_amount_only'
            when
                learnt.customers < {{ var("prediction_min_customers") }}
                or learnt.redemptions * 10 < {{ var("prediction_min_customers") }}
                then 'too_few_customers'
        end as reason
    from dates
    left join learnt
        on
            dates.purpose = learnt.purpose
            and dates.step = learnt.step
    left join windows
        on
            dates.purpose = windows.purpose
            and dates.step = windows.step

)

select
    cast(judged.purpose as string) as purpose,
    cast(
        methods.method || '-' || cast(judged.snapshot_date as string) || '-' || case
            when judged.reason is null
                then
                    cast(judged.redemptions as string) || '_' || cast(judged.offers as string)
            else 'none'
        end as string
    ) as model_version,
    cast(methods.method as string) as method,
    cast('intercept' as string) as feature,
    cast(judged.reason as string) as reason,
    cast('SQL' as string) as library_versions,
    cast({{ var("campaign_window_days") }} as integer) as horizon_days,
    cast(judged.step as integer) as step,
    cast(case when judged.reason is null then 0 end as double) as coefficient,
    cast(judged.offers as bigint) as rows_trained,
    cast(judged.first_started_date as date) as train_from_date,
    cast(judged.last_ended_date as date) as train_to_date,
    cast(judged.snapshot_date as date) as fit_date
from judged
cross join methods
