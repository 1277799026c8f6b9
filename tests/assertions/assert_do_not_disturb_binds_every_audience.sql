-- Whoever said no to a channel, or nothing, is contactable in no audience of that channel.
with

audiences as (

    select
        campaign_audiences.campaign_id,
        campaign_audiences.one_id,
        campaigns.channel
    from {{ ref("campaign_audiences") }} as campaign_audiences
    inner join {{ ref("input_campaigns") }} as campaigns
        on campaign_audiences.campaign_id = campaigns.campaign_id
    where campaign_audiences.is_contactable

)

select
    audiences.campaign_id,
    audiences.one_id,
    audiences.channel
from audiences
inner join {{ ref("tag_moments") }} as tag_moments
    on audiences.one_id = tag_moments.one_id
where case audiences.channel
    {% for channel in contact_channels() -%}
        when '{{ channel }}'
            then tag_moments.{{ channel }}_barred_by in ('opted_out', 'unsubscribed', 'no_consent')
    {% endfor -%}
end
