{#-
    How many times as many held-out seeds there are among the 1, 5 and 10 % most alike as among as
    many others, and the area under the curve.
-#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

tested as (

    select * from {{ ref("int_look_alikes__tested") }}

),

areas as (

    {{ probability_metrics("tested", ["crowd_code", "model_version", "method"]) }}

),

-- of the customer on the edge a part counts
lifts as (

    {% for percent in [1, 5, 10] -%}
        select
            crowd_code,
            model_version,
            method,
            'lift_at_{{ percent }}' as metric,
            {{ percent / 100 }} as top_part,
            sum(
                outcome * greatest(
                    least(
                        ({{ percent / 100 }} - share_down_to_here + own_share) / own_share, 1
                    ),
                    0
                )
            ) / nullif(sum(cast(outcome as double)), 0) as caught,
            sum(outcome) as seeds,
            count(*) as customers
        from tested
        group by crowd_code, model_version, method
        {{ "union all" if not loop.last }}
    {% endfor %}

),

metrics as (

    select
        crowd_code,
        model_version,
        method,
        metric,
        value,
        value_low,
        value_high,
        customers
    from areas
    where metric = 'auc'
    union all
    select
        crowd_code,
        model_version,
        method,
        metric,
        round(caught / top_part, 12) as value,
        greatest(caught - 1.96 * sqrt(caught * (1 - caught) / seeds), 0) / top_part as value_low,
        least(caught + 1.96 * sqrt(caught * (1 - caught) / seeds), 1) / top_part as value_high,
        customers
    from lifts

)

select
    cast('look_alike_' || metrics.crowd_code as string) as purpose,
    cast(metrics.model_version as string) as model_version,
    cast(metrics.method as string) as method,
    cast(metrics.metric as string) as metric,
    cast(metrics.value as double) as value,
    cast(metrics.value_low as double) as value_low,
    cast(metrics.value_high as double) as value_high,
    cast(metrics.customers as bigint) as customers,
    cast(metrics.method = 'rfm' as boolean) as is_baseline,
    cast(as_of.as_of_date as date) as tested_date
from metrics
cross join as_of
