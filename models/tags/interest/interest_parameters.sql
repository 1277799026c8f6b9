{#- Where hot and warm begin: shares of the customers who show any intent at all. -#}
with

intent_points as (

    select intent_points
    from {{ ref("int_interest__intent_points") }}
    where intent_points > 0

),

limits as (

    select
        round({{ quantile("intent_points", 1 - var("intent_hot_share")) }}, 6) as hot_from,
        round(
            {{ quantile(
                "intent_points",
                [1 - var("intent_hot_share") - var("intent_warm_share"), 0] | max,
            ) }},
            6
        ) as warm_from
    from intent_points

),

interest_parameters as (

    {{ parameter_rows("limits", "intent_level", ["hot_from", "warm_from"], "exact") }}

)

{{ as_parameters("interest_parameters") }}
