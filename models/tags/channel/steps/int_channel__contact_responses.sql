{#-
    What came of the messages of each channel. A menu that was opened or a question to
    customer service is the customer's own act and says nothing about an outreach. A channel of
    which no message was ever opened does not tell who opens, as SMS without links.
-#}
with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

contacts as (

    select
        touches.one_id,
        touches.touch_id,
        touches.channel,
        touches.is_delivered,
        -- who clicks has opened, whether the picture that says so was loaded or not
        touches.is_delivered and (touches.is_opened or touches.is_clicked) as is_opened,
        touches.is_delivered and touches.is_clicked as is_clicked,
        touches.touched_date,
        touches.touched_at,
        {{ days_between("touches.touched_date", "as_of.as_of_date") }} as days_ago
    from {{ ref("touches") }} as touches
    cross join as_of
    where
        touches.one_id is not null
        and touches.channel is not null
        and (
            touches.touch_type = 'campaign_contact'
            or (
                touches.touch_type = 'wechat_message'
                and touches.detail in ('template', 'broadcast')
            )
        )
        and touches.touched_date
        > {{ add_days("as_of.as_of_date", -var("channel_window_days")) }}

),

orders as (

    select
        one_id,
        ordered_at
    from {{ ref("orders") }}
    where one_id is not null and not is_return and not is_cancelled

),

-- only a click leads to an order; who buys anyway, buys without one
converted as (

    select contacts.touch_id
    from contacts
    inner join orders
        on
            contacts.one_id = orders.one_id
            and contacts.touched_at <= orders.ordered_at
            and orders.ordered_at < {{ add_seconds(
                "contacts.touched_at", var("contact_conversion_days") * 86400
            ) }}
    where contacts.is_clicked
    group by contacts.touch_id

),

contact_responses as (

    select
        contacts.one_id,
        contacts.channel,
        count(*) as attempts,
        count(case when contacts.is_delivered then 1 end) as contacts,
        count(case when contacts.is_opened then 1 end) as opens,
        count(case when contacts.is_clicked then 1 end) as clicks,
        count(converted.touch_id) as conversions,
        {% for part, condition in {
            "recent": "contacts.days_ago < " ~ var("fatigue_window_days"),
            "earlier": "contacts.days_ago >= " ~ var("fatigue_window_days")
                ~ " and contacts.days_ago < " ~ 2 * var("fatigue_window_days"),
        }.items() -%}
            count(case when contacts.is_delivered and {{ condition }} then 1 end)
                as {{ part }}_contacts,
            count(case when contacts.is_opened and {{ condition }} then 1 end)
                as {{ part }}_opens,
        {% endfor -%}
        max(contacts.touched_date) as last_contacted_date
    from contacts
    left join converted
        on contacts.touch_id = converted.touch_id
    group by contacts.one_id, contacts.channel

)

select
    cast(one_id as string) as one_id,
    cast(channel as string) as channel,
    cast(attempts as bigint) as attempts,
    cast(contacts as bigint) as contacts,
    cast(opens as bigint) as opens,
    cast(clicks as bigint) as clicks,
    cast(conversions as bigint) as conversions,
    cast(recent_contacts as bigint) as recent_contacts,
    cast(recent_opens as bigint) as recent_opens,
    cast(earlier_contacts as bigint) as earlier_contacts,
    cast(earlier_opens as bigint) as earlier_opens,
    cast(sum(opens) over (partition by channel) > 0 as boolean) as tells_opening,
    cast(last_contacted_date as date) as last_contacted_date
from contact_responses
