{#-
    What a campaign changed: treated against control customers by a plain difference of
    means within the window. It is the effect of being assigned, not of reading the
    message, and only as good as the assignment was random. No control, no lift.
-#}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

campaigns as (

    select * from {{ ref("input_campaigns") }}

),

arms as (

    select
        campaign_id,
        count(case when arm = 'treatment' then 1 end) as treated_customers,
        count(case when arm = 'control' then 1 end) as control_customers,
        count(case when arm = 'both' then 1 end) as both_arms_customers,
        count(case when arm = 'treatment' and is_contacted then 1 end)
            as treated_contacted_customers,
        count(case when arm = 'control' and is_contacted then 1 end)
            as control_contacted_customers,
        count(case when arm = 'treatment' and is_converted then 1 end)
            as treated_converted_customers,
        count(case when arm = 'control' and is_converted then 1 end)
            as control_converted_customers,
        -- sums of decimals are exact, those of floats depend on the order of the rows
        {% for arm, name in (("treatment", "treated"), ("control", "control")) -%}
            sum(case when arm = '{{ arm }}' then kept_amount_in_window end) as {{ name }}_amount,
            sum(
                case
                    when arm = '{{ arm }}'
                        then cast(kept_amount_in_window * kept_amount_in_window as decimal(38, 4))
                end
            ) as {{ name }}_squared_amount,
        {% endfor -%}
        max(window_starts_at) as window_starts_at
    from {{ ref("campaign_audiences") }}
    group by campaign_id

),

counted as (

    select
        campaigns.campaign_id,
        campaigns.campaign_name,
        campaigns.campaign_type,
        campaigns.channel,
        coalesce(campaigns.starts_at, arms.window_starts_at) as starts_at,
        {% for name in ("treated", "control") -%}
            cast(arms.{{ name }}_amount as double) / nullif(arms.{{ name }}_customers, 0)
                as {{ name }}_average_amount,
            (
                cast(arms.{{ name }}_squared_amount as double)
                - cast(arms.{{ name }}_amount as double) * cast(arms.{{ name }}_amount as double)
                / nullif(arms.{{ name }}_customers, 0)
            ) / nullif(arms.{{ name }}_customers - 1, 0) as {{ name }}_amount_variance,
        {% endfor -%}
        coalesce(arms.treated_customers, 0) as treated_customers,
        coalesce(arms.control_customers, 0) as control_customers,
        coalesce(arms.both_arms_customers, 0) as both_arms_customers,
        coalesce(arms.treated_contacted_customers, 0) as treated_contacted_customers,
        coalesce(arms.control_contacted_customers, 0) as control_contacted_customers,
        coalesce(arms.treated_converted_customers, 0) as treated_converted_customers,
        coalesce(arms.control_converted_customers, 0) as control_converted_customers,
        cast(arms.treated_converted_customers as double) / nullif(arms.treated_customers, 0)
            as treated_conversion_rate,
        cast(arms.control_converted_customers as double) / nullif(arms.control_customers, 0)
            as control_conversion_rate,
        {{ add_seconds(
            "coalesce(campaigns.starts_at, arms.window_starts_at)",
            var("campaign_window_days") * 86400,
        ) }} <= as_of.as_of_at as is_window_complete
    from campaigns
    left join arms
        on campaigns.campaign_id = arms.campaign_id
    cross join as_of
    -- the audience holds assignments up to the date only
    where coalesce(campaigns.starts_at, arms.window_starts_at) <= as_of.as_of_at

),

compared as (

    select
        *,
        treated_conversion_rate - control_conversion_rate as conversion_lift,
        sqrt(
            treated_conversion_rate * (1 - treated_conversion_rate) / nullif(treated_customers, 0)
            + control_conversion_rate * (1 - control_conversion_rate) / nullif(control_customers, 0)
        ) as conversion_lift_error,
        treated_average_amount - control_average_amount as amount_lift,
        sqrt(
            treated_amount_variance / nullif(treated_customers, 0)
            + control_amount_variance / nullif(control_customers, 0)
        ) as amount_lift_error
    from counted

)

select
    cast(campaign_id as string) as campaign_id,
    cast(campaign_name as string) as campaign_name,
    cast(campaign_type as string) as campaign_type,
    cast(channel as string) as channel,
    cast(treated_customers as integer) as treated_customers,
    cast(control_customers as integer) as control_customers,
    cast(both_arms_customers as integer) as both_arms_customers,
    cast(treated_contacted_customers as integer) as treated_contacted_customers,
    cast(control_contacted_customers as integer) as control_contacted_customers,
    cast(treated_converted_customers as integer) as treated_converted_customers,
    cast(control_converted_customers as integer) as control_converted_customers,
    -- sums of floats differ in the last digit from run to run, so six decimals are kept
    cast(round(treated_conversion_rate, 6) as double) as treated_conversion_rate,
    cast(round(control_conversion_rate, 6) as double) as control_conversion_rate,
    cast(round(conversion_lift, 6) as double) as conversion_lift,
    cast(round(conversion_lift_error, 6) as double) as conversion_lift_error,
    -- 1.96 standard errors to either side hold 95 % of a normal distribution
    cast(round(conversion_lift - 1.96 * conversion_lift_error, 6) as double) as conversion_lift_low,
    cast(round(conversion_lift + 1.96 * conversion_lift_error, 6) as double)
        as conversion_lift_high,
    cast(round(treated_average_amount, 6) as double) as treated_average_amount,
    cast(round(control_average_amount, 6) as double) as control_average_amount,
    cast(round(amount_lift, 6) as double) as amount_lift,
    cast(round(amount_lift_error, 6) as double) as amount_lift_error,
    cast(round(amount_lift - 1.96 * amount_lift_error, 6) as double) as amount_lift_low,
    cast(round(amount_lift + 1.96 * amount_lift_error, 6) as double) as amount_lift_high,
    cast({{ var("campaign_window_days") }} as integer) as window_days,
    cast(is_window_complete as boolean) as is_window_complete,
    cast(starts_at as timestamp) as starts_at
from compared
