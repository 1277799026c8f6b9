{#-
    How much more readily than others a customer responds in a channel: 1 is the channel's
    average customer. Who buys has clicked and who clicks has opened, so the three rates
    err together: their deviations are added, not their variances.
-#}
{%- set responses = {"open": "opens", "click": "clicks", "conversion": "conversions"} -%}

with

contact_responses as (

    select * from {{ ref("int_channel__contact_responses") }}
    where contacts > 0

),

weights as (

    {{ read_parameters(
        ref("channel_parameters"),
        "preferred_contact_channel",
        ["open_weight", "click_weight", "conversion_weight"],
    ) }}

),

channel_priors as (

    {{ read_parameters(
        ref("channel_parameters"),
        "preferred_contact_channel",
        [
            "open_mean", "open_prior_size", "click_mean", "click_prior_size",
            "conversion_mean", "conversion_prior_size",
        ],
        by="channel",
    ) }}

),

rates as (

    select
        contact_responses.*,
        {% for response, successes in responses.items() -%}
            {% set mean = beta_mean(
                "contact_responses." ~ successes,
                "contact_responses.contacts",
                "channel_priors." ~ response ~ "_mean",
                "channel_priors." ~ response ~ "_prior_size",
            ) -%}
            channel_priors.{{ response }}_mean,
            {{ mean }} as {{ response }}_rate,
            {{ beta_variance(
                mean,
                "contact_responses.contacts",
                "channel_priors." ~ response ~ "_prior_size",
            ) }} as {{ response }}_variance,
        {% endfor -%}
        coalesce(weights.open_weight, 0) as open_weight,
        coalesce(weights.click_weight, 0) as click_weight,
        coalesce(weights.conversion_weight, 0) as conversion_weight
    from contact_responses
    inner join channel_priors
        on contact_responses.channel = channel_priors.channel
    cross join weights

),

-- a response that no customer of the channel has given takes no part
contact_indices as (

    select
        *,
    {% for response in responses -%}
        case
            when {{ response }}_mean > 0 then {{ response }}_weight else 0
        end as {{ response }}_part
        {{- "," if not loop.last }}
    {% endfor -%}
    from rates

),

summed as (

    select
        *,
        nullif(open_part + click_part + conversion_part, 0) as parts
    from contact_indices

),

indexed as (

    select
        *,
        coalesce((
            {% for response in responses -%}
                case
                    when {{ response }}_part > 0
                        then {{ response }}_part * {{ response }}_rate / {{ response }}_mean
                    else 0
                end{{ " + " if not loop.last }}
            {% endfor -%}
        ) / parts, 1) as response_index,
        coalesce((
            {% for response in responses -%}
                case
                    when {{ response }}_part > 0
                        then
                            {{ response }}_part * sqrt({{ response }}_variance)
                            / {{ response }}_mean
                    else 0
                end{{ " + " if not loop.last }}
            {% endfor -%}
        ) / parts, 0) as response_index_deviation
    from summed

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(contacts as bigint) as contacts,
    cast(opens as bigint) as opens,
    cast(clicks as bigint) as clicks,
    cast(conversions as bigint) as conversions,
    cast(open_rate as double) as open_rate,
    cast(click_rate as double) as click_rate,
    cast(conversion_rate as double) as conversion_rate,
    cast(response_index as double) as response_index,
    -- without responses no customer responds more readily than others
    cast(case
        when parts is null then 0
        else {{ probability_above(
            "response_index", "response_index_deviation * response_index_deviation", "1"
        ) }}
    end as double) as confidence
from indexed
