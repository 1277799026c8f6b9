{#- The share of a customer's orders in each channel, drawn towards the shares of all. -#}
with

channel_orders as (

    select * from {{ ref("int_channel__orders") }}

),

priors as (

    {{ read_parameters(
        ref("channel_parameters"),
        "preferred_channel",
        ["share_mean", "share_prior_size"],
        by="channel",
    ) }}

),

shares as (

    select
        channel_orders.*,
        priors.share_prior_size,
        {{ beta_mean(
            "channel_orders.orders",
            "channel_orders.all_orders",
            "priors.share_mean",
            "priors.share_prior_size",
        ) }} as shrunken_share,
        -- with one channel only there is nothing to prefer
        priors.share_mean < 1 as is_choice
    from channel_orders
    inner join priors on channel_orders.channel = priors.channel

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(orders as bigint) as orders,
    cast(all_orders as bigint) as all_orders,
    cast(shrunken_share as double) as shrunken_share,
    cast({{ probability_above(
        "shrunken_share",
        beta_variance("shrunken_share", "all_orders", "share_prior_size"),
        var("channel_preference_share"),
    ) }} as double) as confidence,
    cast(is_choice as boolean) as is_choice
from shares
