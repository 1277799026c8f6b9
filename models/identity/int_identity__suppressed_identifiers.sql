{%- set key = ["identifier_hash"] -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_identity__identifiers"), key) }}
{% endcall -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_identity__named_people"), key) }}
{% endcall -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_identity__holder_periods"), key) }}
{% endcall -%}
{#- a card that is lent counts neither itself nor on the phone beside it -#}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_identity__lent_cards"), key) }}
    union all
    {{ change_log.keys_from(ref("int_identity__lent_cards"), ["phone_hash"]) }}
{% endcall -%}
{#- who carries a value weighs it -#}
{%- call change_log.changed_keys(key) %}
    select {{ change_log.key_hash(key) }} as key_hash
    from {{ ref("int_identity__identifiers") }}
    where profile_id in (
        select profile_id from {{ change_log.changes_of(ref("int_identity__profiles")) }}
    )
{% endcall -%}
with

identifiers as (

    {{ counted_identifiers() }}

),

lenders as (

    select distinct profile_id from {{ ref("int_identity__lent_cards") }}

),

profiles as (

    select
        profiles.*,
        case when lenders.profile_id is null then profiles.card_no end as own_card_no
    from {{ ref("int_identity__profiles") }} as profiles
    left join lenders on profiles.profile_id = lenders.profile_id

),

named_people as (

    select * from {{ ref("int_identity__named_people") }}

),

rules as (

    select * from {{ ref("identifier_types") }}

),

blocklist as (

    select * from {{ ref("identifier_blocklist") }}

),

-- only a value carried by two profiles can join anybody, so only these are weighed
shared as (

    select
        holder_key,
        min(identifier_hash) as identifier_hash,
        min(holder_number) as holder_number,
        min(identifier_type) as identifier_type,
        min(identifier_value) as identifier_value
    from identifiers
    group by holder_key
    having count(*) > 1

),

-- a person has one membership and one login in a system, and may have some in each
by_system as (

    select
        identifiers.holder_key,
        profiles.source_system,
        count(distinct case when profiles.record_type = 'member' then profiles.natural_key end)
            as member_count,
        count(distinct case
            when profiles.record_type = 'member' and profiles.name_key is not null
                then profiles.natural_key
        end) as named_member_count,
        count(distinct case when profiles.record_type = 'account' then profiles.natural_key end)
            as login_count
    from shared
    inner join identifiers on shared.holder_key = identifiers.holder_key
    inner join profiles on identifiers.profile_id = profiles.profile_id
    group by identifiers.holder_key, profiles.source_system

),

most_by_system as (

    select
        holder_key,
        max(member_count) as member_count,
        max(named_member_count) as named_member_count,
        max(login_count) as login_count
    from by_system
    group by holder_key

),

-- whose a record is as its name says: names that are one person's count once, and one that fits
-- another on the value not at all
held as (

    select
        identifiers.holder_key,
        identifiers.first_seen_at,
        profiles.profile_id,
        profiles.record_type,
        profiles.source_system,
        profiles.natural_key,
        profiles.has_several_people,
        profiles.gender,
        profiles.birth_date,
        profiles.unionid,
        profiles.own_card_no as card_no,
        case
            when named_people.identifier_hash is not null then named_people.person_name
            else profiles.name_key
        end as person_name,
        case
            when named_people.identifier_hash is not null then named_people.near_name
            else profiles.name_key
        end as near_name
    from shared
    inner join identifiers on shared.holder_key = identifiers.holder_key
    inner join profiles on identifiers.profile_id = profiles.profile_id
    left join named_people
        on
            identifiers.identifier_hash = named_people.identifier_hash
            and coalesce(profiles.name_key, profiles.surname) = named_people.name_key

),

-- who carries it, by each thing of which a person has one
carried as (

    select
        shared.holder_key,
        shared.identifier_hash,
        shared.holder_number,
        shared.identifier_type,
        shared.identifier_value,
        count(*) as profile_count,
        count(*) filter (where held.record_type <> 'cookie') as record_count,
        count(distinct held.person_name) as name_count,
        count(distinct held.near_name) as near_name_count,
        max(case when held.has_several_people then 1 else 0 end) as mixed_record_count,
        count(distinct held.gender) as gender_count,
        count(distinct held.birth_date) as birth_date_count,
        count(distinct held.person_name) filter (where held.birth_date is not null)
            as dated_name_count,
        count(distinct held.unionid) as unionid_count,
        count(distinct held.card_no) as card_count,
        max(most_by_system.member_count) as member_count,
        max(most_by_system.named_member_count) as named_member_count,
        max(most_by_system.login_count) as login_count
    from shared
    inner join held on shared.holder_key = held.holder_key
    inner join most_by_system on shared.holder_key = most_by_system.holder_key
    group by
        shared.holder_key, shared.identifier_hash, shared.holder_number,
        shared.identifier_type, shared.identifier_value

),

-- a slip of the pen, or a surname by marriage, is no second person: names that are nearly one and
-- one birth date under each
counted as (

    select
        carried.*,
        -- or one record bears the names of several
        carried.mixed_record_count > 0
        or carried.name_count > 1
        and not (
            carried.near_name_count = 1
            and carried.birth_date_count = 1
            and carried.dated_name_count = carried.name_count
        ) as has_several_names,
        -- one who joined twice has two cards and one name on both memberships
        carried.card_count > 1
        and not (
            carried.name_count >= 1
            and carried.named_member_count = carried.member_count
            and carried.member_count > 0
        ) as has_several_cards
    from carried

),

weighed as (

    select
        counted.*,
        rules.max_customers,
        rules.max_records,
        rules.is_personal,
        greatest(
            case
                when counted.has_several_names then counted.name_count
                else least(counted.name_count, 1)
            end,
            counted.unionid_count,
            case when counted.has_several_cards then counted.card_count else 0 end,
            case
                when counted.has_several_names then counted.member_count
                else least(counted.member_count, 1)
            end,
            counted.login_count
        ) as customer_count
    from counted
    inner join rules on counted.identifier_type = rules.identifier_type

),

-- how many people came with the value within the window of its rule, at the worst moment;
-- a row per person and day, for the days are paired with each other below
arrivals as (

    select distinct
        held.holder_key,
        {{ business_date("held.first_seen_at") }} as first_seen_date,
        rules.window_days,
        rules.max_customers_in_window,
        coalesce(
            held.person_name, held.unionid, held.card_no,
            case
                when held.record_type in ('member', 'account')
                    then held.source_system || '|' || held.natural_key
            end
        ) as person_key
    from weighed
    inner join rules
        on
            weighed.identifier_type = rules.identifier_type
            and weighed.customer_count > rules.max_customers_in_window
            -- over the cap of all time it is refused anyway
            and weighed.customer_count <= rules.max_customers
            and weighed.record_count <= rules.max_records
    inner join held on weighed.holder_key = held.holder_key
    where held.first_seen_at is not null

),

crowded as (

    select distinct holder_key
    from (
        select
            arrivals.holder_key,
            arrivals.first_seen_date
        from arrivals
        inner join arrivals as others
            on
                arrivals.holder_key = others.holder_key
                and arrivals.first_seen_date <= others.first_seen_date
                and {{ add_days("arrivals.first_seen_date", "arrivals.window_days") }}
                > others.first_seen_date
        group by
            arrivals.holder_key,
            arrivals.first_seen_date,
            arrivals.max_customers_in_window
        having count(distinct others.person_key) > arrivals.max_customers_in_window
    ) as crowded_moments

),

-- a value that is a word for nobody in its form, or that the blocklist names; a row of the
-- blocklist may also say that a value does name a person
listed_values as (

    select
        shared.holder_key,
        min(blocklist.reason_code) as suppression_reason,
        bool_and(blocklist.is_blocked) as is_blocked
    from shared
    inner join blocklist
        on
            shared.identifier_type = blocklist.identifier_type
            and (
                (blocklist.match_kind = 'equals' and shared.identifier_value = blocklist.pattern)
                or (
                    blocklist.match_kind = 'like'
                    and shared.identifier_value like blocklist.pattern
                )
            )
    group by shared.holder_key

),

forms as (

    select
        shared.holder_key,
        shared.identifier_type,
        shared.identifier_value,
        -- a key of a record is whatever its system numbers it with
        rules.record_type is not null as is_own_key,
        case
            when shared.identifier_type = 'email'
                then {{ function("email_issue") }}(shared.identifier_value)
        end as email_issue
    from shared
    inner join rules on shared.identifier_type = rules.identifier_type

),

issues as (

    select
        holder_key,
        -- literals: publishing takes no text that a function makes of a personal value
        case
            when email_issue = 'role_address' then 'role_address'
            when email_issue = 'throw_away' then 'throw_away'
            when email_issue is not null then 'placeholder'
            when identifier_type = 'email' then null
            when identifier_type = 'phone'
                then
                    case
                        when {{ function("is_placeholder_phone") }}(identifier_value)
                            then 'placeholder'
                    end
            when
                not is_own_key
                and {{ function("is_placeholder_number") }}(identifier_value)
                then 'placeholder'
        end as issue
    from forms

),

nameless as (

    select
        issues.holder_key,
        case
            when listed_values.is_blocked then listed_values.suppression_reason
            when listed_values.is_blocked is null then issues.issue
        end as suppression_reason,
        coalesce(listed_values.is_blocked, issues.issue <> 'role_address') as is_nobodys
    from issues
    left join listed_values on issues.holder_key = listed_values.holder_key

),

assessed as (

    select
        weighed.holder_key,
        weighed.identifier_hash,
        weighed.holder_number,
        weighed.identifier_type,
        weighed.identifier_value,
        weighed.profile_count,
        weighed.customer_count,
        weighed.max_customers,
        case
            when nameless.is_nobodys then nameless.suppression_reason
            -- no number is that long: a pasted document, a broken export
            when length(weighed.identifier_value) > 256 then 'too_long'
            when weighed.customer_count > weighed.max_customers then 'over_shared'
            when weighed.record_count > weighed.max_records then 'too_many_records'
            when crowded.holder_key is not null then 'over_shared_in_window'
            when nameless.suppression_reason is not null then nameless.suppression_reason
            when not weighed.is_personal and weighed.unionid_count > 1 then 'several_unionids'
            when not weighed.is_personal and weighed.birth_date_count > 1
                then 'several_birth_dates'
            when not weighed.is_personal and weighed.has_several_names then 'several_names'
            when not weighed.is_personal and weighed.gender_count > 1 then 'several_genders'
            when not weighed.is_personal and weighed.has_several_cards then 'several_cards'
        end as suppression_reason
    from weighed
    left join nameless
        on weighed.holder_key = nameless.holder_key
    left join crowded
        on weighed.holder_key = crowded.holder_key

),

suppressed_identifiers as (

    select
        identifier_type,
        identifier_value,
        identifier_hash,
        holder_number,
        holder_key,
        suppression_reason,
        -- a number shared at home or at work still identifies people with names
        suppression_reason in (
            'role_address', 'several_unionids', 'several_birth_dates', 'several_names',
            'several_genders', 'several_cards'
        ) as links_by_name,
        profile_count,
        customer_count,
        max_customers
    from assessed
    where suppression_reason is not null

)

select * from suppressed_identifiers
