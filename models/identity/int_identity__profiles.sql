{#-
    One record per system, type and key: from the people that a system keeps records of, and from
    what orders, tickets, calls and visits say of those that it keeps none of.

    shopper, guest   known by card, phone or e-mail alone, which are the key
    cookie           a browser, known by what it was signed in as
    all others       people with a record, or with a login that has none yet
-#}
{%- set record = ["source_system", "record_type", "natural_key"] -%}
{%- set named_record = ["record_system", "record_type", "natural_key"] -%}
{%- set account = ["account_system", "'account'", "user_id"] -%}
{%- set browser = ["source_system", "'cookie'", "anonymous_id"] -%}
{%- set shown_identifiers = {
    "phone": "phone", "email": "email", "unionid": "unionid", "card": "card_no",
} -%}
{%- set read_from = [
    (ref("input_people"), record, ["registered_at", "updated_at"]),
    (ref("input_identifiers"), record, ["seen_at"]),
    (ref("input_orders"), named_record, ["ordered_at"]),
    (ref("input_tickets"), named_record, ["opened_at"]),
    (ref("input_calls"), named_record, ["started_at"]),
    (ref("int_identity__logins"), account, []),
    (ref("int_identity__logins"), browser, []),
] -%}
{%- for relation, key, times in read_from -%}
    {%- call change_log.changed_keys(record) -%}
        {{ change_log.keys_from(relation, key, times) }}
    {%- endcall -%}
{%- endfor -%}
{#- a record without a first day is last seen on the date itself -#}
{%- call change_log.changed_keys(record) %}
    select {{ change_log.key_hash(record) }} as key_hash
    from {{ this }}
    where first_seen_at is null
{% endcall -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

people as (

    select * from {{ ref("input_people") }}
    {{ change_log.only_changed("where", record) }}

),

-- of several the one that the record itself has, else the one it got last
own_identifiers as (

    select
        {% for identifier_type, column in shown_identifiers.items() -%}
            max_by(
                case when identifier_type = '{{ identifier_type }}' then identifier_value end,
                case
                    when identifier_type = '{{ identifier_type }}'
                        then coalesce(cast(seen_at as string), '~') || identifier_value
                end
            ) as {{ column }},
        {% endfor -%}
        source_system,
        record_type,
        natural_key
    from {{ ref("input_identifiers") }}
    where
        identifier_type in ('phone', 'email', 'unionid', 'card')
        and (seen_at is null or {{ is_seen("seen_at") }})
    {{ change_log.only_changed("and", record) }}
    group by source_system, record_type, natural_key

),

orders as (

    select
        record_system,
        record_type,
        natural_key,
        phone,
        email,
        card_no,
        customer_name,
        ordered_at
    from {{ ref("input_orders") }}
    where
        natural_key is not null
        and ordered_at <= (select as_of_at from as_of)
    {{ change_log.only_changed("and", named_record) }}

),

-- who is known by a phone alone is seen whenever it calls
callers as (

    select
        record_system,
        record_type,
        natural_key,
        phone,
        opened_at as called_at
    from {{ ref("input_tickets") }}
    where
        record_type in ('shopper', 'guest')
        and natural_key is not null
        and opened_at <= (select as_of_at from as_of)
    {{ change_log.only_changed("and", named_record) }}
    union all
    select
        record_system,
        record_type,
        natural_key,
        phone,
        started_at as called_at
    from {{ ref("input_calls") }}
    where
        record_type in ('shopper', 'guest')
        and natural_key is not null
        and started_at <= (select as_of_at from as_of)
    {{ change_log.only_changed("and", named_record) }}

),

logins as (

    select * from {{ ref("int_identity__logins") }}

),

-- the contact given on most orders is the customer's own, that of others is a gift's
order_contacts as (

    select
        record_system,
        record_type,
        natural_key,
        max(case when phone_orders * 2 > phones_given then phone end) as phone,
        max(case when email_orders * 2 > emails_given then email end) as email,
        max(case when name_orders * 2 > names_given then customer_name end) as full_name
    from (
        select
            record_system,
            record_type,
            natural_key,
            phone,
            email,
            customer_name,
            count(phone) over (partition by record_system, record_type, natural_key, phone)
                as phone_orders,
            count(phone) over (partition by record_system, record_type, natural_key)
                as phones_given,
            count(email) over (partition by record_system, record_type, natural_key, email)
                as email_orders,
            count(email) over (partition by record_system, record_type, natural_key)
                as emails_given,
            count(name_key) over (partition by record_system, record_type, natural_key, name_key)
                as name_orders,
            count(name_key) over (partition by record_system, record_type, natural_key)
                as names_given
        from (
            select
                *,
                {{ name_key("customer_name") }} as name_key
            from orders
            where record_type not in ('shopper', 'guest', 'cookie')
        ) as named_orders
    ) as counted_orders
    group by record_system, record_type, natural_key

),

-- what a shopper, a guest or a browser gave last, and whether it gave several surnames
last_contacts as (

    select
        record_system,
        record_type,
        natural_key,
        max(card_no) as card_no,
        max_by(phone, cast(seen_at as string) || ' ' || phone) as phone,
        max_by(email, cast(seen_at as string) || ' ' || email) as email,
        max_by(customer_name, cast(seen_at as string) || ' ' || customer_name) as full_name,
        -- a title tells a man from a woman
        case when min(gender) = max(gender) then min(gender) end as gender,
        count(distinct surname) as surname_count
    from (
        select
            record_system,
            record_type,
            natural_key,
            card_no,
            phone,
            email,
            customer_name,
            case when record_type <> 'cookie' then {{ surname("customer_name") }} end as surname,
            case when record_type <> 'cookie' then {{ gender_of_title("customer_name") }} end
                as gender,
            ordered_at as seen_at
        from orders
        where record_type in ('shopper', 'guest', 'cookie')
        union all
        select
            record_system,
            record_type,
            natural_key,
            cast(null as string) as card_no,
            phone,
            cast(null as string) as email,
            cast(null as string) as customer_name,
            cast(null as string) as surname,
            cast(null as string) as gender,
            called_at as seen_at
        from callers
    ) as sightings
    group by record_system, record_type, natural_key

),

-- on a browser of several logins it is unknown which of them the guest was
browsers as (

    select
        source_system,
        anonymous_id,
        count(distinct user_id) as login_count
    from logins
    where
        anonymous_id is not null
    {{ change_log.only_changed("and", browser) }}
    group by source_system, anonymous_id

),

activity as (

    select
        record_system,
        record_type,
        natural_key,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from (
        select
            record_system,
            record_type,
            natural_key,
            ordered_at as first_seen_at,
            ordered_at as last_seen_at
        from orders
        union all
        select
            record_system,
            record_type,
            natural_key,
            called_at as first_seen_at,
            called_at as last_seen_at
        from callers
        union all
        -- a login seen in events may have no account row yet
        select
            account_system as record_system,
            'account' as record_type,
            user_id as natural_key,
            first_seen_at,
            last_seen_at
        from logins
        where
            user_id is not null
        {{ change_log.only_changed("and", account) }}
        union all
        select
            source_system as record_system,
            'cookie' as record_type,
            anonymous_id as natural_key,
            first_seen_at,
            last_seen_at
        from logins
        where
            anonymous_id is not null
        {{ change_log.only_changed("and", browser) }}
    ) as seen
    group by record_system, record_type, natural_key

),

records as (

    select
        coalesce(people.source_system, activity.record_system) as source_system,
        coalesce(people.record_type, activity.record_type) as record_type,
        coalesce(people.natural_key, activity.natural_key) as natural_key,
        people.full_name,
        people.gender,
        people.birth_date,
        people.province,
        people.city,
        people.card_level,
        people.company,
        people.registered_at,
        least(people.registered_at, activity.first_seen_at) as first_seen_at,
        greatest(
            activity.last_seen_at,
            {{ if_seen("people.registered_at") }},
            {{ if_seen("people.updated_at") }}
        ) as last_seen_at
    from people
    full outer join activity
        on
            people.source_system = activity.record_system
            and people.record_type = activity.record_type
            and people.natural_key = activity.natural_key

),

described as (

    select
        records.source_system,
        records.record_type,
        records.natural_key,
        case
            when records.record_type in ('shopper', 'guest')
                -- a phone without a card under two surnames is a household's
                then
                    case
                        when
                            last_contacts.card_no is not null
                            or last_contacts.surname_count < 2
                            then last_contacts.full_name
                    end
            else coalesce(records.full_name, order_contacts.full_name)
        end as full_name,
        coalesce(
            own_identifiers.phone,
            order_contacts.phone,
            case when coalesce(browsers.login_count, 0) < 2 then last_contacts.phone end
        ) as phone,
        coalesce(
            own_identifiers.email,
            order_contacts.email,
            case when coalesce(browsers.login_count, 0) < 2 then last_contacts.email end
        ) as email,
        own_identifiers.unionid,
        coalesce(own_identifiers.card_no, last_contacts.card_no) as card_no,
        coalesce(
            records.gender,
            case
                when
                    last_contacts.card_no is not null
                    or last_contacts.surname_count < 2
                    then last_contacts.gender
            end
        ) as gender,
        records.birth_date,
        records.province,
        records.city,
        records.card_level,
        records.company,
        last_contacts.card_no is null
        and coalesce(last_contacts.surname_count, 0) > 1 as has_several_people,
        {{ if_seen("records.registered_at") }} as registered_at,
        records.first_seen_at,
        -- of a record without a time only the date itself is known
        coalesce(records.last_seen_at, (select as_of_at from as_of)) as last_seen_at
    from records
    left join own_identifiers
        on
            records.source_system = own_identifiers.source_system
            and records.record_type = own_identifiers.record_type
            and records.natural_key = own_identifiers.natural_key
    left join order_contacts
        on
            records.source_system = order_contacts.record_system
            and records.record_type = order_contacts.record_type
            and records.natural_key = order_contacts.natural_key
    left join last_contacts
        on
            records.source_system = last_contacts.record_system
            and records.record_type = last_contacts.record_type
            and records.natural_key = last_contacts.natural_key
    left join browsers
        on
            records.record_type = 'cookie'
            and records.source_system = browsers.source_system
            and records.natural_key = browsers.anonymous_id
    where
        records.first_seen_at is null
        or records.first_seen_at <= (select as_of_at from as_of)

),

profiles as (

    select
        {{ profile_id("source_system", "record_type", "natural_key") }} as profile_id,
        source_system,
        {{ profile_type("source_system", "record_type") }} as profile_type,
        record_type,
        natural_key,
        {{ keyed_hash("natural_key") }} as natural_key_hash,
        full_name,
        {{ name_key("full_name") }} as name_key,
        {{ surname("full_name") }} as surname,
        phone,
        email,
        unionid,
        card_no,
        gender,
        birth_date,
        province,
        city,
        card_level,
        company,
        has_several_people,
        registered_at,
        first_seen_at,
        last_seen_at
    from described

)

select * from profiles
