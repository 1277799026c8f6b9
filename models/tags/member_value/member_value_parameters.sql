{%- set indicators = member_value_indicators() -%}
with

behaviour as (

    select * from {{ ref("int_member_value__behaviour") }}

),

member_value_weights as (

    select * from {{ ref("member_value_weights") }}

),

weighted as (

    {{ indicator_scale("behaviour", "member_value_weights", indicators) }}

),

-- the highest score is 2000
scale as (

    select
        {% for indicator in indicators -%}
            coalesce(
                2000 * {{ indicator.code }}_weight / nullif(
                    {% for part in indicators -%}
                        {{ part.code }}_weight{{ " + " if not loop.last }}
                    {% endfor -%}, 0
                ),
                0
            ) as {{ indicator.code }}_points,
        {% endfor -%}
        weighted.*
    from weighted

),

-- an order of unknown size is one of the usual size
usual as (

    select
        coalesce(sum(amount) / nullif(cast(sum(kept_orders) as double), 0), 0)
            as usual_order_amount
    from behaviour

),

member_value_parameters as (

    {{ parameter_rows("scale", "member_value_score", indicator_codes(indicators, "cap"), 4) }}
    union all
    {{ parameter_rows(
        "scale", "member_value_score", indicator_codes(indicators, "points"), 4, origin="seed"
    ) }}
    union all
    {{ parameter_rows("usual", "member_value_score", ["usual_order_amount"]) }}
    union all
    {{ level_parameters(
        ref("int_member_value__tiers"), "'member_value_tier'", "level_code", "score_from"
    ) }}

)

{{ as_parameters("member_value_parameters") }}
