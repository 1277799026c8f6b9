{%- set account = profile_id("account_system", "'account'", "user_id") -%}
{%- set record = profile_id("source_system", "record_type", "natural_key") -%}
{%- call change_log.changed_keys(["profile_id"]) %}
    {{ change_log.keys_from(ref("int_identity__profiles"), ["profile_id"]) }}
{% endcall -%}
{%- call change_log.changed_keys(["profile_id"]) %}
    {{ change_log.keys_from(ref("int_identity__logins"), [account]) }}
{% endcall -%}
{%- call change_log.changed_keys(["profile_id"]) %}
    {{ change_log.keys_from(ref("input_identifiers"), [record], ["seen_at"]) }}
{% endcall -%}
with

as_of as (

    select as_of_at from {{ ref("int_behaviour__as_of") }}

),

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

given as (

    select
        {{ record }} as profile_id,
        identifier_type,
        namespace,
        identifier_value,
        seen_at
    from {{ ref("input_identifiers") }}
    where
        (seen_at is null or {{ is_seen("seen_at") }})
    {{ change_log.only_changed("and", [record]) }}

),

given_to_profiles as (

    select
        given.profile_id,
        given.identifier_type,
        given.namespace,
        given.identifier_value,
        coalesce(given.seen_at, profiles.first_seen_at) as first_seen_at,
        greatest(given.seen_at, profiles.last_seen_at) as last_seen_at
    from given
    inner join profiles on given.profile_id = profiles.profile_id

),

shown as (

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

-- what a record shows and was not given comes of its orders, tickets and visits
contacts as (

    select shown.*
    from shown
    left join given
        on
            shown.profile_id = given.profile_id
            and shown.identifier_type = given.identifier_type
            and shown.identifier_value = given.identifier_value
    where given.profile_id is null

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
    select * from given_to_profiles
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

-- a record may give one value in several ways
distinct_values as (

    select
        profile_id,
        identifier_type,
        namespace,
        identifier_value,
        min(first_seen_at) as first_seen_at,
        max(last_seen_at) as last_seen_at
    from normalised
    where identifier_value <> ''
    group by profile_id, identifier_type, namespace, identifier_value

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
    from distinct_values

)

select * from identifiers
