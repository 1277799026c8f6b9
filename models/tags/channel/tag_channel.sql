{%- set contact_channels = ["wechat", "sms", "email"] -%}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select one_id from {{ ref("customers") }}

),

first_touches as (

    select * from {{ ref("int_channel__first_touches") }}
    where touch_position = 1

),

channel_orders as (

    select * from {{ ref("int_channel__order_shares") }}

),

contact_responses as (

    select * from {{ ref("int_channel__contact_responses") }}

),

contact_indices as (

    select * from {{ ref("int_channel__contact_indices") }}

),

overall_prior as (

    {{ read_parameters(
        ref("channel_parameters"),
        "outreach_fatigue",
        ["open_mean", "open_prior_size"],
        by="channel",
    ) }}

),

channel_reach as (

    select * from {{ ref("int_channel__reach") }}

),

tag_values as (

    select * from {{ ref("tag_values") }}

),

ranked_channels as (

    select
        *,
        row_number() over (
            partition by one_id order by shrunken_share desc, orders desc, channel asc
        ) as preference
    from channel_orders

),

preferred as (

    select
        one_id,
        shrunken_share,
        confidence,
        all_orders,
        case
            when confidence >= {{ var("channel_min_confidence") }} and is_choice then channel
        end as channel
    from ranked_channels
    where preference = 1

),

-- of the channels that support a preference the one the customer responds to most
-- readily; of a customer whom none supports the best one is kept as evidence
supported as (

    select
        *,
        contacts >= {{ var("contact_min_contacts") }}
        and confidence >= {{ var("contact_min_confidence") }} as is_supported
    from contact_indices

),

ranked_contacts as (

    select
        *,
        row_number() over (
            partition by one_id
            order by
                case when is_supported then 0 else 1 end asc,
                response_index desc,
                channel asc
        ) as preference
    from supported

),

preferred_contacts as (

    select
        one_id,
        contacts,
        opens,
        clicks,
        conversions,
        response_index,
        confidence,
        case when is_supported then channel end as channel
    from ranked_contacts
    where preference = 1

),

indices as (

    select
        one_id,
    {% for channel in contact_channels -%}
        max(case when channel = '{{ channel }}' then response_index end)
            as {{ channel }}_response_index
        {{- "," if not loop.last }}
    {% endfor -%}
    from contact_indices
    group by one_id

),

outreach as (

    select
        one_id,
        {% for part in ["recent", "earlier"] -%}
            sum(case when tells_opening then {{ part }}_contacts end) as {{ part }}_contacts,
            sum(case when tells_opening then {{ part }}_opens end) as {{ part }}_opens,
        {% endfor -%}
        max(last_contacted_date) as last_contacted_date
    from contact_responses
    group by one_id

),

rated as (

    select
        outreach.*,
    {% for part in ["recent", "earlier"] -%}
            {{ beta_mean(
                "outreach." ~ part ~ "_opens",
                "outreach." ~ part ~ "_contacts",
                "overall_prior.open_mean",
                "overall_prior.open_prior_size",
            ) }} as {{ part }}_open_rate
        {{- "," if not loop.last }}
    {% endfor -%}
    from outreach
    left join overall_prior on true

),

-- too few messages to compare say nothing
fatigue as (

    select
        *,
        case
            when
                recent_contacts >= {{ var("contact_min_contacts") }}
                and earlier_contacts >= {{ var("contact_min_contacts") }}
                then
                    recent_contacts > earlier_contacts
                    and recent_open_rate
                    <= {{ var("fatigue_response_ratio") }} * earlier_open_rate
        end as is_outreach_fatigued
    from rated

),

reach as (

    select
        one_id,
        count(case when barred_by is null then 1 end) as reachable_channels,
        case
            when count(case when barred_by is null then 1 end) > 0 then 'reachable'
            when count(case when is_consented then 1 end) = 0 then 'no_consent'
            when count(case when is_consented and has_valid_contact then 1 end) = 0
                then 'no_contact'
            else 'all_bounced'
        end as reachability
    from channel_reach
    group by one_id

),

tag_channel as (

    select
        customers.one_id,
        first_touches.came_from as acquisition_channel,
        first_touches.touch_source as acquisition_source,
        preferred.channel as preferred_channel,
        preferred_contacts.channel as preferred_contact_channel,
        reach.reachability,
        preferred.shrunken_share as channel_share,
        preferred.confidence as channel_confidence,
        preferred.all_orders as channel_orders,
        preferred_contacts.response_index as contact_response_index,
        preferred_contacts.confidence as contact_confidence,
        preferred_contacts.contacts,
        preferred_contacts.opens,
        preferred_contacts.clicks,
        preferred_contacts.conversions,
        {% for channel in contact_channels -%}
            indices.{{ channel }}_response_index,
        {% endfor -%}
        fatigue.recent_contacts,
        fatigue.recent_open_rate,
        fatigue.earlier_contacts,
        fatigue.earlier_open_rate,
        reach.reachable_channels,
        fatigue.is_outreach_fatigued,
        reach.reachability <> 'reachable' as is_unreachable,
        first_touches.touched_date as acquired_date,
        fatigue.last_contacted_date
    from customers
    left join first_touches on customers.one_id = first_touches.one_id
    left join preferred on customers.one_id = preferred.one_id
    left join preferred_contacts on customers.one_id = preferred_contacts.one_id
    left join indices on customers.one_id = indices.one_id
    left join fatigue on customers.one_id = fatigue.one_id
    left join reach on customers.one_id = reach.one_id

)

select
    cast(tag_channel.one_id as string) as one_id,
    cast(tag_channel.acquisition_channel as string) as acquisition_channel,
    cast(tag_channel.acquisition_source as string) as acquisition_source,
    {% for tag in ["preferred_channel", "preferred_contact_channel", "reachability"] -%}
        cast(tag_channel.{{ tag }} as string) as {{ tag }},
        cast({{ tag }}_names.name_en as string) as {{ tag }}_name_en,
        cast({{ tag }}_names.name_zh as string) as {{ tag }}_name_zh,
    {% endfor -%}
    {{ rounded("tag_channel.channel_share", 5, 4) }} as channel_share,
    {{ rounded("tag_channel.channel_confidence", 5, 4) }} as channel_confidence,
    cast(tag_channel.channel_orders as bigint) as channel_orders,
    {{ rounded("tag_channel.contact_response_index", 9, 4) }} as contact_response_index,
    {{ rounded("tag_channel.contact_confidence", 5, 4) }} as contact_confidence,
    cast(tag_channel.contacts as bigint) as contacts,
    cast(tag_channel.opens as bigint) as opens,
    cast(tag_channel.clicks as bigint) as clicks,
    cast(tag_channel.conversions as bigint) as conversions,
    {% for channel in contact_channels -%}
        {{ rounded("tag_channel." ~ channel ~ "_response_index", 9, 4) }}
            as {{ channel }}_response_index,
    {% endfor -%}
    cast(tag_channel.recent_contacts as bigint) as recent_contacts,
    {{ rounded("tag_channel.recent_open_rate", 5, 4) }} as recent_open_rate,
    cast(tag_channel.earlier_contacts as bigint) as earlier_contacts,
    {{ rounded("tag_channel.earlier_open_rate", 5, 4) }} as earlier_open_rate,
    cast(tag_channel.reachable_channels as integer) as reachable_channels,
    cast(tag_channel.is_outreach_fatigued as boolean) as is_outreach_fatigued,
    cast(tag_channel.is_unreachable as boolean) as is_unreachable,
    cast(tag_channel.acquired_date as date) as acquired_date,
    cast(tag_channel.last_contacted_date as date) as last_contacted_date,
    cast(as_of.as_of_date as date) as as_of_date
from tag_channel
{% for tag in ["preferred_channel", "preferred_contact_channel", "reachability"] -%}
    left join tag_values as {{ tag }}_names
        on
            {{ tag }}_names.tag_code = '{{ tag }}'
            and tag_channel.{{ tag }} = {{ tag }}_names.tag_value
{% endfor -%}
cross join as_of
