{%- set responses = {"open": "opens", "click": "clicks", "conversion": "conversions"} -%}

with

contact_responses as (

    select * from {{ ref("int_channel__contact_responses") }}
    where contacts > 0

),

channel_orders as (

    select * from {{ ref("int_channel__orders") }}

),

-- fatigue looks at a customer over all channels that tell who opens
customers as (

    select
        one_id,
        sum(contacts) as contacts,
        sum(opens) as opens
    from contact_responses
    where tells_opening
    group by one_id

),

all_orders as (

    select distinct
        one_id,
        all_orders
    from channel_orders

),

order_totals as (

    select
        count(*) as customers,
        sum(all_orders) as trials,
        sum(cast(all_orders as double) * all_orders) as trials_squared
    from all_orders

),

unioned as (

    {% for response, successes in responses.items() -%}
        select
            'preferred_contact_channel' as tag_code,
            channel,
            '{{ response }}' as response_code,
            {{ successes }} as successes,
            contacts as trials
        from contact_responses

        union all

    {% endfor -%}
    select
        'outreach_fatigue' as tag_code,
        'all' as channel,
        'open' as response_code,
        opens as successes,
        contacts as trials
    from customers

),

totals as (

    select
        tag_code,
        channel,
        response_code,
        count(*) as customers,
        sum(successes) as successes,
        sum(trials) as trials,
        sum(cast(trials as double) * trials) as trials_squared,
        sum(cast(successes as double) * successes / trials) as successes_squared
    from unioned
    group by tag_code, channel, response_code

    union all

    select
        'preferred_channel' as tag_code,
        channel_orders.channel,
        'share' as response_code,
        max(order_totals.customers) as customers,
        sum(channel_orders.orders) as successes,
        max(order_totals.trials) as trials,
        max(order_totals.trials_squared) as trials_squared,
        sum(
            cast(channel_orders.orders as double) * channel_orders.orders
            / channel_orders.all_orders
        ) as successes_squared
    from channel_orders
    cross join order_totals
    group by channel_orders.channel

),

priors as (

    select
        tag_code,
        channel,
        response_code,
        successes / cast(trials as double) as prior_mean,
        {{ beta_prior_size(
            "successes_squared", "successes", "trials", "trials_squared", "customers"
        ) }} as prior_size
    from totals

),

channel_parameters as (

    {% for part, column in {"mean": "prior_mean", "prior_size": "prior_size"}.items() -%}
        select
            tag_code,
            channel as scope,
            response_code || '_{{ part }}' as parameter_code,
            {{ column }} as parameter_value,
            cast(round({{ column }}, 6) as string) as threshold_value,
            'data' as origin
        from priors
        union all
    {% endfor -%}
    select
        'preferred_contact_channel' as tag_code,
        cast(null as string) as scope,
        indicator_code || '_weight' as parameter_code,
        weight as parameter_value,
        cast(null as string) as threshold_value,
        'seed' as origin
    from {{ ref("contact_response_weights") }}

)

{{ as_parameters("channel_parameters") }}
