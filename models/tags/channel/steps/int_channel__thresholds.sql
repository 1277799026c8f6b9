with

contact_priors as (

    select * from {{ ref("int_channel__contact_priors") }}

),

order_priors as (

    select distinct
        channel,
        prior_mean,
        prior_strength
    from {{ ref("int_channel__orders") }}

),

channel_thresholds as (

    {% for part in ["mean", "strength"] -%}
        select
            case when channel = 'all' then 'outreach_fatigue' else 'preferred_contact_channel' end
                as tag_code,
            channel || '_' || response_code || '_{{ part }}' as threshold_code,
            prior_{{ part }} as threshold_value
        from contact_priors

        union all

        select
            'preferred_channel' as tag_code,
            channel || '_share_{{ part }}' as threshold_code,
            prior_{{ part }} as threshold_value
        from order_priors
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select
    cast(tag_code as string) as tag_code,
    cast(threshold_code as string) as threshold_code,
    cast(round(threshold_value, 6) as string) as threshold_value,
    cast('data' as string) as origin
from channel_thresholds
