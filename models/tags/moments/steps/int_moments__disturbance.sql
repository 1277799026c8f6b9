{#-
    Why a channel is closed to a customer on the day, if it is: the first reason that fits.
    Consent is that of core.customer_consents, as for audiences. Quiet hours are a matter of
    the moment: they count in a run with a time of day and leave out e-mail, which rings
    nowhere.
-#}
{%- set quiet_from, quiet_until = var("quiet_hours") -%}

with

as_of as (

    select
        as_of_date,
        has_time_of_day,
        extract(hour from {{ to_business_time("as_of_at") }}) as hour_of_day
    from {{ ref("int_behaviour__as_of") }}

),

moment as (

    select
        as_of_date,
        has_time_of_day
        {%- if quiet_from <= quiet_until %}
            and hour_of_day >= {{ quiet_from }}
            and hour_of_day < {{ quiet_until }}
        {%- else %}
            and (hour_of_day >= {{ quiet_from }} or hour_of_day < {{ quiet_until }})
        {%- endif %} as is_quiet
    from as_of

),

customers as (

    select
        one_id,
        is_identified
    from {{ ref("customers") }}

),

consents as (

    select * from {{ ref("customer_consents") }}

),

recorded as (

    select is_recorded as has_consents from {{ ref("int_tags__consent_records") }}

),

follows as (

    select
        one_id,
        is_following
    from {{ ref("int_tags__wechat_follows") }}

),

open_tickets as (

    select
        one_id,
        count(*) as open_tickets
    from {{ ref("int_moments__tickets") }}
    where is_open
    group by one_id

),

-- what the retailer sent; a menu click or a question to service is the customer's own
contacts as (

    select
        touches.one_id,
        count(
            case
                when touches.touched_date > {{ add_days("moment.as_of_date", -7) }} then 1
            end
        ) as contacts_7_days,
        count(*) as contacts_30_days
    from {{ ref("touches") }} as touches
    cross join moment
    where
        touches.one_id is not null
        and touches.is_delivered
        and touches.touched_date > {{ add_days("moment.as_of_date", -30) }}
        and (
            touches.touch_type = 'campaign_contact'
            or (
                touches.touch_type = 'wechat_message'
                and coalesce(touches.detail, '') not in ('menu_click', 'customer_service')
            )
        )
    group by touches.one_id

),

channels as (

    {% for channel in contact_channels() -%}
        select '{{ channel }}' as channel
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

joined as (

    select
        customers.one_id,
        channels.channel,
        consents.is_granted,
        consents.basis,
        follows.is_following,
        recorded.has_consents,
        moment.is_quiet,
        coalesce(open_tickets.open_tickets, 0) as open_tickets,
        coalesce(contacts.contacts_7_days, 0) as contacts_7_days,
        coalesce(contacts.contacts_30_days, 0) as contacts_30_days
    from customers
    cross join channels
    cross join moment
    cross join recorded
    left join consents
        on
            customers.one_id = consents.one_id
            and channels.channel = consents.channel
    left join follows on customers.one_id = follows.one_id
    left join open_tickets on customers.one_id = open_tickets.one_id
    left join contacts on customers.one_id = contacts.one_id
    -- a browser cookie has no contact
    where customers.is_identified

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(
        case
            when not is_granted and basis = 'unsubscribe' then 'unsubscribed'
            when not is_granted then 'opted_out'
            when channel = 'wechat' and not is_following then 'unfollowed'
            when has_consents and is_granted is null then 'no_consent'
            when open_tickets > 0 then 'open_complaint'
            when
                contacts_7_days >= {{ var("contact_cap_7_days") }}
                or contacts_30_days >= {{ var("contact_cap_30_days") }}
                then 'contact_cap'
            when is_quiet and channel <> 'email' then 'quiet_hours'
        end as string
    ) as barred_by,
    cast(open_tickets as bigint) as open_tickets,
    cast(contacts_7_days as bigint) as contacts_7_days,
    cast(contacts_30_days as bigint) as contacts_30_days,
    -- where no consent was ever asked for, none is given or refused
    cast(has_consents as boolean) as has_consents
from joined
