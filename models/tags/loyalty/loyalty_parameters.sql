with

behaviour as (

    select * from {{ ref("int_loyalty__behaviour") }}

),

brand_behaviour as (

    select * from {{ ref("int_loyalty__brand_behaviour") }}

),

overall_weights as (

    select * from {{ ref("loyalty_weights") }}
    where scope = 'overall'

),

brand_weights as (

    select * from {{ ref("loyalty_weights") }}
    where scope = 'brand'

),

scale as (

    {{ indicator_scale("behaviour", "overall_weights", overall_loyalty_indicators()) }}

),

brand_scale as (

    {{ indicator_scale("brand_behaviour", "brand_weights", brand_loyalty_indicators()) }}

),

loyalty_parameters as (

    {% for source, tag, indicators in [
        ("scale", "loyalty_level", overall_loyalty_indicators()),
        ("brand_scale", "top_brand", brand_loyalty_indicators()),
    ] -%}
        {{ parameter_rows(source, tag, indicator_codes(indicators, "cap")) }}
        union all
        {{ parameter_rows(source, tag, indicator_codes(indicators, "weight"), origin="seed") }}
        union all
    {% endfor -%}
    {{ level_parameters(ref("loyalty_levels"), "'loyalty_level'", "level_code", "score_from") }}

)

{{ as_parameters("loyalty_parameters") }}
