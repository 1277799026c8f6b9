{%- set indicators = activity_indicators() -%}

with

behaviour as (

    select * from {{ ref("int_activity__behaviour") }}

),

activity_weights as (

    select * from {{ ref("activity_weights") }}

),

scale as (

    {{ indicator_scale("behaviour", "activity_weights", indicators) }}

),

scored as (

    select
        cast({{ rounded(
            "100 * coalesce("
            ~ indicator_score("behaviour", indicators, var("activity_window_days")) ~ ", 0)",
            7, 4,
        ) }} as double) as activity_score
    from behaviour
    cross join scale

),

-- equal scores share a place, so equal customers get equal levels
placed as (

    select
        activity_score,
        rank() over (order by activity_score desc) - 1 as customers_above,
        rank() over (order by activity_score) - 1 as customers_below,
        count(*) over () as customer_count
    from scored

),

shares as (

    select
        activity_score,
        customers_above < {{ var("activity_high_share") }} * customer_count as is_in_top,
        customers_below < {{ var("activity_low_share") }} * customer_count as is_in_last
    from placed

),

-- who is in both shares is in neither
cuts as (

    select
        cast(min(case when is_in_top and not is_in_last then activity_score end) as decimal(7, 4))
            as high_from,
        cast(max(case when is_in_last and not is_in_top then activity_score end) as decimal(7, 4))
            as low_to
    from shares

),

activity_parameters as (

    {{ parameter_rows("scale", "activity_level", indicator_codes(indicators, "cap")) }}
    union all
    {{ parameter_rows(
        "scale", "activity_level", indicator_codes(indicators, "weight"), origin="seed"
    ) }}
    union all
    {{ parameter_rows("cuts", "activity_level", ["high_from", "low_to"], "exact") }}

)

{{ as_parameters("activity_parameters") }}
