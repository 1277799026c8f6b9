{#- The key of a source record is its type and natural key. -#}
{%- set key = {
    "member": ["'crm_member'", natural_key_crm_member("member_id")],
    "shopper": ["'pos_shopper'", natural_key_pos_shopper("card_no", "phone")],
    "caller": ["'pos_shopper'", natural_key_pos_shopper("cast(null as string)", "phone")],
    "account": ["'web_account'", natural_key_web_account("user_id")],
    "cookie": ["'web_cookie'", natural_key_web_cookie("anonymous_id")],
    "follower": ["'wechat_user'", natural_key_wechat_user("app_id", "openid")],
} -%}
{%- set read_from = [
    (ref("stg_crm__members"), ["member"], ["joined_at", "updated_at"]),
    (ref("stg_pos__receipts"), ["shopper"], ["sold_at"]),
    (ref("stg_crm__service_tickets"), ["caller"], ["opened_at"]),
    (ref("stg_web__accounts"), ["account"], ["registered_at", "updated_at"]),
    (ref("int_identity__logins"), ["account", "cookie"], []),
    (ref("stg_web__orders"), ["account", "cookie"], ["ordered_at"]),
    (ref("stg_wechat__users"), ["follower"], ["subscribed_at", "updated_at"]),
    (ref("stg_wechat__orders"), ["follower"], ["ordered_at"]),
] -%}
{%- for relation, records, times in read_from -%}
    {%- for record in records -%}
        {%- call change_log.changed_keys(["profile_type", "natural_key"]) -%}
            {{ change_log.keys_from(relation, key[record], times) }}
        {%- endcall -%}
    {%- endfor -%}
{%- endfor -%}
{#- a record without a first day is last seen on the date itself -#}
{%- call change_log.changed_keys(["profile_type", "natural_key"]) %}
    select {{ change_log.key_hash(["profile_type", "natural_key"]) }} as key_hash
    from {{ this }}
    where first_seen_at is null
{% endcall -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

members as (

    select * from {{ ref("stg_crm__members") }}
    {{ change_log.only_changed("where", key.member) }}

),

receipts as (

    select card_no, phone, customer_name, sold_at
    from {{ ref("stg_pos__receipts") }}
    where
        sold_at <= (select as_of_at from as_of)
    {{ change_log.only_changed("and", key.shopper) }}

),

-- who calls from a phone and names no membership is known by that phone alone
tickets as (

    select phone, opened_at
    from {{ ref("stg_crm__service_tickets") }}
    where
        member_id is null
        and phone is not null
        and opened_at <= (select as_of_at from as_of)
    {{ change_log.only_changed("and", key.caller) }}

),

accounts as (

    select * from {{ ref("stg_web__accounts") }}
    {{ change_log.only_changed("where", key.account) }}

),

logins as (

    select * from {{ ref("int_identity__logins") }}

),

web_orders as (

    select user_id, anonymous_id, phone, email, recipient_name, ordered_at
    from {{ ref("stg_web__orders") }}
    where ordered_at <= (select as_of_at from as_of)

),

wechat_users as (

    select * from {{ ref("stg_wechat__users") }}
    {{ change_log.only_changed("where", key.follower) }}

),

wechat_orders as (

    select app_id, openid, phone, recipient_name, ordered_at
    from {{ ref("stg_wechat__orders") }}
    where
        ordered_at <= (select as_of_at from as_of)
    {{ change_log.only_changed("and", key.follower) }}

),

-- what somebody gives on most orders is their own, what they give on others is a gift's
order_contacts as (

    select
        profile_type,
        natural_key,
        max(case when phone_orders * 2 > phones_given then phone end) as phone,
        max(case when name_orders * 2 > names_given then recipient_name end) as full_name
    from (
        select
            profile_type,
            natural_key,
            phone,
            recipient_name,
            count(phone) over (partition by profile_type, natural_key, phone) as phone_orders,
            count(phone) over (partition by profile_type, natural_key) as phones_given,
            count(name_key) over (partition by profile_type, natural_key, name_key)
                as name_orders,
            count(name_key) over (partition by profile_type, natural_key) as names_given
        from (
            select
                'wechat_user' as profile_type,
                {{ natural_key_wechat_user("app_id", "openid") }} as natural_key,
                phone,
                recipient_name,
                {{ name_key("recipient_name") }} as name_key
            from wechat_orders
            union all
            select
                'web_account' as profile_type,
                {{ natural_key_web_account("user_id") }} as natural_key,
                phone,
                recipient_name,
                {{ name_key("recipient_name") }} as name_key
            from web_orders
            where
                user_id is not null
            {{ change_log.only_changed("and", key.account) }}
        ) as orders
        where natural_key is not null
    ) as counted_orders
    group by profile_type, natural_key

),

-- a member without a joining date was there before anybody counted
crm_members as (

    select
        'crm' as source_system,
        'crm_member' as profile_type,
        {{ natural_key_crm_member("member_id") }} as natural_key,
        full_name,
        phone,
        email,
        unionid,
        card_no,
        gender,
        birth_date,
        province,
        city,
        card_level,
        joined_at as registered_at,
        false as has_several_people,
        joined_at as first_seen_at,
        greatest(joined_at, {{ if_seen("updated_at") }}) as last_seen_at
    from members

),

-- a phone without a card under two surnames is a household's, and its record nobody's;
-- a title tells a man from a woman
pos_shoppers as (

    select
        'pos' as source_system,
        'pos_shopper' as profile_type,
        {{ natural_key_pos_shopper("card_no", "phone") }} as natural_key,
        case
            when card_no is not null or count(distinct surname) < 2
                then max_by(customer_name, cast(sold_at as string) || ' ' || customer_name)
        end as full_name,
        phone,
        cast(null as string) as email,
        cast(null as string) as unionid,
        card_no,
        case
            when
                min(gender) = max(gender)
                and (card_no is not null or count(distinct surname) < 2)
                then min(gender)
        end as gender,
        cast(null as date) as birth_date,
        cast(null as string) as province,
        cast(null as string) as city,
        cast(null as string) as card_level,
        cast(null as timestamp) as registered_at,
        card_no is null and count(distinct surname) > 1 as has_several_people,
        min(sold_at) as first_seen_at,
        max(sold_at) as last_seen_at
    from (
        select
            card_no,
            phone,
            customer_name,
            {{ surname("customer_name") }} as surname,
            {{ gender_of_title("customer_name") }} as gender,
            sold_at
        from receipts
        union all
        select
            cast(null as string) as card_no,
            phone,
            cast(null as string) as customer_name,
            cast(null as string) as surname,
            cast(null as string) as gender,
            opened_at as sold_at
        from tickets
    ) as visits
    where card_no is not null or phone is not null
    group by card_no, phone

),

-- a login seen in events or orders may have no account row yet
web_activity as (

    select
        user_id,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from (
        select user_id, first_seen_at, last_seen_at
        from logins
        where
            user_id is not null
        {{ change_log.only_changed("and", key.account) }}
        union all
        select user_id, ordered_at as first_seen_at, ordered_at as last_seen_at
        from web_orders
        where
            user_id is not null
        {{ change_log.only_changed("and", key.account) }}
    ) as activity
    group by user_id

),

web_accounts as (

    select
        'web' as source_system,
        'web_account' as profile_type,
        {{ natural_key_web_account("coalesce(accounts.user_id, web_activity.user_id)") }}
            as natural_key,
        coalesce(accounts.full_name, order_contacts.full_name) as full_name,
        coalesce(accounts.phone, order_contacts.phone) as phone,
        accounts.email,
        accounts.unionid,
        cast(null as string) as card_no,
        accounts.gender,
        accounts.birth_date,
        accounts.province,
        accounts.city,
        cast(null as string) as card_level,
        accounts.registered_at,
        false as has_several_people,
        least(accounts.registered_at, web_activity.first_seen_at) as first_seen_at,
        greatest(
            web_activity.last_seen_at,
            {{ if_seen("accounts.registered_at") }},
            {{ if_seen("accounts.updated_at") }}
        ) as last_seen_at
    from accounts
    full outer join web_activity on accounts.user_id = web_activity.user_id
    left join order_contacts
        on
            order_contacts.profile_type = 'web_account'
            and coalesce(accounts.user_id, web_activity.user_id) = order_contacts.natural_key

),

-- a guest's order names the browser only, and what the guest typed belongs to it
guests as (

    select
        anonymous_id,
        max_by(phone, cast(ordered_at as string) || ' ' || phone) as phone,
        max_by(email, cast(ordered_at as string) || ' ' || email) as email,
        min(ordered_at) as first_seen_at,
        max(ordered_at) as last_seen_at
    from web_orders
    where
        user_id is null
        and anonymous_id is not null
    {{ change_log.only_changed("and", key.cookie) }}
    group by anonymous_id

),

browsers as (

    select
        anonymous_id,
        count(distinct user_id) as login_count,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from logins
    where
        anonymous_id is not null
    {{ change_log.only_changed("and", key.cookie) }}
    group by anonymous_id

),

-- on a browser of several logins nobody knows which of them the guest was
web_cookies as (

    select
        'web' as source_system,
        'web_cookie' as profile_type,
        {{ natural_key_web_cookie("coalesce(browsers.anonymous_id, guests.anonymous_id)") }}
            as natural_key,
        cast(null as string) as full_name,
        case when coalesce(browsers.login_count, 0) < 2 then guests.phone end as phone,
        case when coalesce(browsers.login_count, 0) < 2 then guests.email end as email,
        cast(null as string) as unionid,
        cast(null as string) as card_no,
        cast(null as string) as gender,
        cast(null as date) as birth_date,
        cast(null as string) as province,
        cast(null as string) as city,
        cast(null as string) as card_level,
        cast(null as timestamp) as registered_at,
        false as has_several_people,
        least(browsers.first_seen_at, guests.first_seen_at) as first_seen_at,
        greatest(browsers.last_seen_at, guests.last_seen_at) as last_seen_at
    from browsers
    full outer join guests on browsers.anonymous_id = guests.anonymous_id

),

wechat_activity as (

    select
        app_id,
        openid,
        min(ordered_at) as first_seen_at,
        max(ordered_at) as last_seen_at
    from wechat_orders
    where app_id is not null and openid is not null
    group by app_id, openid

),

wechat_profiles as (

    select
        'wechat' as source_system,
        'wechat_user' as profile_type,
        {{ natural_key_wechat_user(
            "coalesce(wechat_users.app_id, wechat_activity.app_id)",
            "coalesce(wechat_users.openid, wechat_activity.openid)",
        ) }} as natural_key,
        -- a nickname is not a name
        order_contacts.full_name,
        coalesce(wechat_users.phone, order_contacts.phone) as phone,
        cast(null as string) as email,
        wechat_users.unionid,
        cast(null as string) as card_no,
        wechat_users.gender,
        cast(null as date) as birth_date,
        wechat_users.province,
        wechat_users.city,
        cast(null as string) as card_level,
        wechat_users.subscribed_at as registered_at,
        false as has_several_people,
        least(wechat_users.subscribed_at, wechat_activity.first_seen_at) as first_seen_at,
        greatest(
            wechat_activity.last_seen_at,
            {{ if_seen("wechat_users.subscribed_at") }},
            {{ if_seen("wechat_users.updated_at") }}
        ) as last_seen_at
    from wechat_users
    full outer join wechat_activity
        on
            wechat_users.app_id = wechat_activity.app_id
            and wechat_users.openid = wechat_activity.openid
    left join order_contacts
        on
            order_contacts.profile_type = 'wechat_user'
            and {{ natural_key_wechat_user(
                "coalesce(wechat_users.app_id, wechat_activity.app_id)",
                "coalesce(wechat_users.openid, wechat_activity.openid)",
            ) }} = order_contacts.natural_key

),

unioned as (

    select * from crm_members
    union all
    select * from pos_shoppers
    union all
    select * from web_accounts
    union all
    select * from web_cookies
    union all
    select * from wechat_profiles

),

profiles as (

    select
        {{ profile_id_of("profile_type", "natural_key") }} as profile_id,
        source_system,
        profile_type,
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
        has_several_people,
        {{ if_seen("registered_at") }} as registered_at,
        first_seen_at,
        -- of a record without a time only the date itself is known
        coalesce(last_seen_at, (select as_of_at from as_of)) as last_seen_at
    from unioned
    where
        first_seen_at is null
        or first_seen_at <= (select as_of_at from as_of)

)

select * from profiles
