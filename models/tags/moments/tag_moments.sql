{%- set moment_days = var("moment_days") -%}
{%- set recent_types = ["refund", "complaint", "unsubscription"] -%}

with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select
        one_id,
        is_identified
    from {{ ref("customers") }}

),

moments as (

    select
        customer_moments.*,
        moment_types.position
    from {{ ref("customer_moments") }} as customer_moments
    inner join {{ ref("moment_types") }} as moment_types
        on customer_moments.moment_type = moment_types.moment_type

),

-- the latest first time that is still news; of two on one day the more telling
first_times as (

    select
        moments.one_id,
        moments.moment_type,
        moments.moment_key,
        moments.moment_date,
        moments.moment_type_name_en,
        moments.moment_type_name_zh,
        row_number() over (
            partition by moments.one_id
            order by moments.moment_date desc, moments.position asc, moments.moment_key asc
        ) as recency
    from moments
    where moments.moment_group = 'first_time' and moments.days_ahead > -{{ moment_days }}

),

occurrences as (

    select
        one_id,
        max(case when moment_type = 'first_order' then 1 else 0 end) = 1 as has_bought,
        max(case when moment_type = 'cycle_exceeded' then moment_date end) as cycle_exceeded_since,
        {% for type in recent_types -%}
            max(case when moment_type = '{{ type }}' then moment_date end) as last_{{ type }}_date,
            max_by(
                moment_key,
                -- of two on one day the last by name, so that runs agree
                case
                    when moment_type = '{{ type }}'
                        then cast(moment_date as string) || moment_key
                end
            ) as last_{{ type }}_key,
        {% endfor -%}
        max(case when moment_type = 'birthday' then moment_date end) as next_birthday_date,
        max(case when moment_type = 'joining_anniversary' then moment_date end)
            as next_anniversary_date,
        max(
            case when moment_type = 'joining_anniversary' then try_cast(moment_key as integer) end
        ) as next_anniversary_years
    from moments
    group by one_id

),

drops as (

    select * from {{ ref("int_moments__drops") }}

),

disturbance as (

    select
        one_id,
        {% for channel in contact_channels() -%}
            max(case when channel = '{{ channel }}' then barred_by end) as {{ channel }}_barred_by,
        {% endfor -%}
        count(barred_by) as barred_channels,
        count(*) as channels,
        max(case when barred_by = 'opted_out' then 1 else 0 end) as has_opted_out,
        max(case when barred_by = 'unsubscribed' then 1 else 0 end) as has_unsubscribed,
        max(case when barred_by = 'quiet_hours' then 1 else 0 end) as is_quiet,
        max(open_tickets) as open_tickets,
        max(contacts_7_days) as contacts_7_days,
        max(contacts_30_days) as contacts_30_days,
        max(case when has_consents then 1 else 0 end) = 1 as has_consents
    from {{ ref("int_moments__disturbance") }}
    group by one_id

),

coming_festivals as (

    select
        festivals.festival_code,
        festivals.name_en,
        festivals.name_zh,
        festivals.festival_date,
        row_number() over (order by festivals.festival_date, festivals.festival_code) as place
    from {{ ref("festivals") }} as festivals
    inner join as_of on festivals.festival_date >= as_of.as_of_date

),

next_festival as (

    select
        max(festival_code) as festival_code,
        max(name_en) as name_en,
        max(name_zh) as name_zh,
        max(festival_date) as festival_date
    from coming_festivals
    where place = 1

),

joined as (

    select
        customers.one_id,
        as_of.as_of_date,
        first_times.moment_type as recent_first_time,
        first_times.moment_type_name_en as recent_first_time_name_en,
        first_times.moment_type_name_zh as recent_first_time_name_zh,
        first_times.moment_key as recent_first_key,
        first_times.moment_date as recent_first_date,
        occurrences.has_bought,
        occurrences.cycle_exceeded_since,
        occurrences.last_refund_date,
        occurrences.last_complaint_date,
        occurrences.last_complaint_key,
        occurrences.last_unsubscription_date,
        occurrences.last_unsubscription_key,
        occurrences.next_birthday_date,
        occurrences.next_anniversary_date,
        occurrences.next_anniversary_years,
        drops.recent_visit_days,
        drops.expected_visit_days,
        drops.visits_z,
        drops.recent_purchase_days,
        drops.expected_purchase_days,
        drops.purchases_z,
        drops.recent_spend,
        drops.expected_spend,
        drops.amounts_z,
        least(drops.purchases_z, drops.amounts_z) as spend_z,
        next_festival.festival_code as next_festival,
        next_festival.name_en as next_festival_name_en,
        next_festival.name_zh as next_festival_name_zh,
        next_festival.festival_date as next_festival_date,
        {% for channel in contact_channels() -%}
            disturbance.{{ channel }}_barred_by,
        {% endfor -%}
        disturbance.open_tickets,
        disturbance.contacts_7_days,
        disturbance.contacts_30_days,
        -- shut where every channel is; without a record of consent it is unknown whether it is open
        case
            when disturbance.barred_channels = disturbance.channels then true
            when disturbance.has_consents then false
        end as do_not_disturb,
        case
            -- a cookie has no channels that could be closed
            when coalesce(disturbance.barred_channels < disturbance.channels, true) then null
            when disturbance.open_tickets > 0 then 'open_complaint'
            when disturbance.has_unsubscribed = 1 then 'unsubscribed'
            when disturbance.has_opted_out = 1 then 'opted_out'
            when disturbance.is_quiet = 1 then 'quiet_hours'
            when
                disturbance.contacts_7_days >= {{ var("contact_cap_7_days") }}
                or disturbance.contacts_30_days >= {{ var("contact_cap_30_days") }}
                then 'contact_cap'
            else 'no_consent'
        end as do_not_disturb_reason,
        disturbance.has_consents
    from customers
    cross join as_of
    cross join next_festival
    left join first_times
        on
            customers.one_id = first_times.one_id
            and first_times.recency = 1
    left join occurrences on customers.one_id = occurrences.one_id
    left join drops on customers.one_id = drops.one_id
    left join disturbance on customers.one_id = disturbance.one_id
    -- a browser cookie is a customer only once it has bought
    where customers.is_identified or coalesce(occurrences.has_bought, false)

)

select
    cast(one_id as string) as one_id,
    cast(recent_first_time as string) as recent_first_time,
    cast(recent_first_time_name_en as string) as recent_first_time_name_en,
    cast(recent_first_time_name_zh as string) as recent_first_time_name_zh,
    cast(recent_first_key as string) as recent_first_key,
    cast(last_complaint_key as string) as last_complaint_topic,
    cast(last_unsubscription_key as string) as last_unsubscription_channel,
    cast(next_festival as string) as next_festival,
    cast(next_festival_name_en as string) as next_festival_name_en,
    cast(next_festival_name_zh as string) as next_festival_name_zh,
    cast(do_not_disturb_reason as string) as do_not_disturb_reason,
    {% for channel in contact_channels() -%}
        cast({{ channel }}_barred_by as string) as {{ channel }}_barred_by,
    {% endfor -%}
    cast(recent_visit_days as bigint) as recent_visit_days,
    {{ rounded("expected_visit_days", 12, 4) }} as expected_visit_days,
    {{ rounded("visits_z", 9, 4) }} as visits_z,
    cast(recent_purchase_days as bigint) as recent_purchase_days,
    {{ rounded("expected_purchase_days", 12, 4) }} as expected_purchase_days,
    {{ rounded("purchases_z", 9, 4) }} as purchases_z,
    {{ rounded("recent_spend", 18, 2) }} as recent_spend,
    {{ rounded("expected_spend", 18, 2) }} as expected_spend,
    cast(amounts_z as decimal(9, 4)) as amounts_z,
    {{ rounded("spend_z", 9, 4) }} as spend_z,
    cast({{ days_between("as_of_date", "next_birthday_date") }} as integer) as days_until_birthday,
    cast({{ days_between("as_of_date", "next_anniversary_date") }} as integer)
        as days_until_anniversary,
    cast(next_anniversary_years as integer) as next_anniversary_years,
    cast({{ days_between("as_of_date", "next_festival_date") }} as integer) as days_until_festival,
    cast(open_tickets as bigint) as open_tickets,
    cast(contacts_7_days as bigint) as contacts_7_days,
    cast(contacts_30_days as bigint) as contacts_30_days,
    cast(case when has_bought then cycle_exceeded_since is not null end as boolean)
        as is_cycle_exceeded,
    cast(visits_z <= -{{ var("change_z") }} as boolean) as is_visits_dropped,
    cast(spend_z <= -{{ var("change_z") }} as boolean) as is_spend_dropped,
    {% for type in recent_types -%}
        cast(
            {{ days_between("last_" ~ type ~ "_date", "as_of_date") }} < {{ moment_days }}
            as boolean
        ) as is_recent_{{ type }},
    {% endfor -%}
    cast(open_tickets > 0 as boolean) as has_open_complaint,
    cast(do_not_disturb as boolean) as do_not_disturb,
    {% for channel in contact_channels() -%}
        cast(
            case
                when {{ channel }}_barred_by is not null then true
                when has_consents then false
            end as boolean
        ) as is_{{ channel }}_barred,
    {% endfor -%}
    cast(recent_first_date as date) as recent_first_date,
    cast(cycle_exceeded_since as date) as cycle_exceeded_since,
    cast(last_refund_date as date) as last_refund_date,
    cast(last_complaint_date as date) as last_complaint_date,
    cast(last_unsubscription_date as date) as last_unsubscription_date,
    cast(next_birthday_date as date) as next_birthday_date,
    cast(next_anniversary_date as date) as next_anniversary_date,
    cast(next_festival_date as date) as next_festival_date,
    cast(as_of_date as date) as as_of_date
from joined
