{#- Where hot and warm begin: shares of the customers who show any intent at all. -#}
with

intent_points as (

    select intent_points
    from {{ ref("int_interest__intent_points") }}
    where intent_points > 0

),

limits as (

    select
        {{ quantile("intent_points", 1 - setting("intent_hot_share")) }} as hot_from,
        {{ quantile(
            "intent_points",
            [1 - setting("intent_hot_share") - setting("intent_warm_share"), 0] | max,
        ) }} as warm_from
    from intent_points

),

interest_thresholds as (

    {% for level in ["hot", "warm"] -%}
        select
            'intent_level' as tag_code,
            '{{ level }}_from' as threshold_code,
            {{ level }}_from as threshold_value
        from limits
        where {{ level }}_from is not null
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    cast(tag_code as string) as tag_code,
    cast(threshold_code as string) as threshold_code,
    cast(round(threshold_value, 6) as string) as threshold_value,
    cast('data' as string) as origin
from interest_thresholds
