{#- The beta prior of each response in each channel, see macro beta_prior_strength. -#}
{%- set responses = {"open": "opens", "click": "clicks", "conversion": "conversions"} -%}

with

contact_responses as (

    select * from {{ ref("int_channel__contact_responses") }}
    where contacts > 0

),

-- fatigue looks at a customer over all channels
customers as (

    select
        one_id,
        sum(contacts) as contacts,
        sum(opens) as opens
    from contact_responses
    group by one_id

),

unioned as (

    {% for response, successes in responses.items() -%}
        select
            channel,
            '{{ response }}' as response_code,
            {{ successes }} as successes,
            contacts as trials
        from contact_responses

        union all

    {% endfor -%}
    select
        'all' as channel,
        'open' as response_code,
        opens as successes,
        contacts as trials
    from customers

),

totals as (

    select
        channel,
        response_code,
        count(*) as customers,
        sum(successes) as successes,
        sum(trials) as trials,
        sum(cast(trials as double) * trials) as trials_squared,
        sum(cast(successes as double) * successes / trials) as successes_squared
    from unioned
    group by channel, response_code

)

select
    cast(channel as string) as channel,
    cast(response_code as string) as response_code,
    cast(customers as bigint) as customers,
    cast(successes / cast(trials as double) as double) as prior_mean,
    cast({{ beta_prior_strength(
        "successes_squared", "successes", "trials", "trials_squared", "customers"
    ) }} as double) as prior_strength
from totals
