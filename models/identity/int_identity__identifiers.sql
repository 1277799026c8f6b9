{%- set account = profile_id("account_system", "'account'", "user_id") -%}
{%- call change_log.changed_keys(["profile_id"]) %}
    {{ change_log.keys_from(ref("int_identity__profiles"), ["profile_id"]) }}
{% endcall -%}
{%- call change_log.changed_keys(["profile_id"]) %}
    {{ change_log.keys_from(ref("int_identity__logins"), [account]) }}
{% endcall -%}
with

profiles as (

    select * from {{ ref("int_identity__profiles") }}
    {{ change_log.only_changed("where", ["profile_id"]) }}

),

logins as (

    select * from {{ ref("int_identity__logins") }}

),

rules as (

    select identifier_type, record_type, normaliser from {{ ref("identifier_types") }}

),

-- the key of a record in its own system counts within that system only
own_keys as (

    select
        profiles.profile_id,
        rules.identifier_type,
        profiles.source_system as namespace,
        profiles.natural_key as identifier_value,
        profiles.first_seen_at,
        profiles.last_seen_at
    from profiles
    inner join rules on profiles.record_type = rules.record_type

),

contacts as (

    {% for identifier_type, column in {
        "card": "card_no", "phone": "phone", "email": "email", "unionid": "unionid",
    }.items() -%}
        select
            profile_id,
            '{{ identifier_type }}' as identifier_type,
            '' as namespace,
            {{ column }} as identifier_value,
            first_seen_at,
            last_seen_at
        from profiles
        where {{ column }} is not null
        {{ "union all" if not loop.last }}
    {% endfor %}

),

-- signing in on a browser is what ties its cookie to the account
signed_in as (

    select
        {{ account }} as profile_id,
        'cookie' as identifier_type,
        source_system as namespace,
        anonymous_id as identifier_value,
        first_seen_at,
        last_seen_at
    from logins
    where
        anonymous_id is not null
        and user_id is not null
    {{ change_log.only_changed("and", [account]) }}

),

held as (

    select * from own_keys
    union all
    select * from contacts
    union all
    select * from signed_in

),

normalised as (

    select
        held.profile_id,
        held.identifier_type,
        held.namespace,
        {{ normalised_identifier("held.identifier_value") }} as identifier_value,
        held.first_seen_at,
        held.last_seen_at
    from held
    inner join rules on held.identifier_type = rules.identifier_type

),

identifiers as (

    select
        profile_id,
        identifier_type,
        namespace,
        identifier_value,
        {{ keyed_hash("identifier_type || '|' || namespace || '|' || identifier_value") }}
            as identifier_hash,
        first_seen_at,
        last_seen_at
    from normalised
    where identifier_value <> ''

)

select * from identifiers
