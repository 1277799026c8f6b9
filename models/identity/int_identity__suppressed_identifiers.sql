{%- set key = ["identifier_hash"] -%}
{%- call change_log.changed_keys(key) %}
    {{ change_log.keys_from(ref("int_identity__identifiers"), key) }}
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

    select * from {{ ref("int_identity__identifiers") }}
    {{ change_log.only_changed("where", key) }}

),

profiles as (

    select * from {{ ref("int_identity__profiles") }}

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
        identifier_hash,
        min(identifier_type) as identifier_type,
        min(identifier_value) as identifier_value
    from identifiers
    group by identifier_hash
    having count(*) > 1

),

-- a person has one membership and one login in a system, and may have some in each
by_system as (

    select
        identifiers.identifier_hash,
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
    inner join identifiers on shared.identifier_hash = identifiers.identifier_hash
    inner join profiles on identifiers.profile_id = profiles.profile_id
    group by identifiers.identifier_hash, profiles.source_system

),

most_by_system as (

    select
        identifier_hash,
        max(member_count) as member_count,
        max(named_member_count) as named_member_count,
        max(login_count) as login_count
    from by_system
    group by identifier_hash

),

-- who carries it, by each thing of which a person has one
carried as (

    select
        shared.identifier_hash,
        shared.identifier_type,
        shared.identifier_value,
        count(*) as profile_count,
        count(*) filter (where profiles.record_type <> 'cookie') as record_count,
        count(distinct profiles.name_key) as name_count,
        max(case when profiles.has_several_people then 1 else 0 end) as mixed_record_count,
        count(distinct left(profiles.name_key, 1)) as surname_count,
        count(distinct profiles.surname) as titled_surname_count,
        count(distinct profiles.gender) as gender_count,
        count(distinct profiles.birth_date) as birth_date_count,
        count(distinct profiles.name_key) filter (where profiles.birth_date is not null)
            as dated_name_count,
        count(distinct profiles.unionid) as unionid_count,
        count(distinct profiles.card_no) as card_count,
        max(most_by_system.member_count) as member_count,
        max(most_by_system.named_member_count) as named_member_count,
        max(most_by_system.login_count) as login_count
    from shared
    inner join identifiers
        on shared.identifier_hash = identifiers.identifier_hash
    inner join profiles on identifiers.profile_id = profiles.profile_id
    inner join most_by_system on shared.identifier_hash = most_by_system.identifier_hash
    group by shared.identifier_hash, shared.identifier_type, shared.identifier_value

),

-- a slip of the pen is no second person: one surname and one birth date under each name
counted as (

    select
        carried.*,
        -- or a title names another family, or one record bears the names of several
        carried.mixed_record_count > 0
        or carried.titled_surname_count > 1
        or carried.name_count > 1
        and not (
            carried.surname_count = 1
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
        identifiers.identifier_hash,
        {{ business_date("identifiers.first_seen_at") }} as first_seen_date,
        rules.window_days,
        rules.max_customers_in_window,
        coalesce(
            profiles.name_key, profiles.unionid, profiles.card_no,
            case
                when profiles.record_type in ('member', 'account')
                    then profiles.source_system || '|' || profiles.natural_key
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
    inner join identifiers
        on weighed.identifier_hash = identifiers.identifier_hash
    inner join profiles on identifiers.profile_id = profiles.profile_id
    where identifiers.first_seen_at is not null

),

crowded as (

    select distinct identifier_hash
    from (
        select
            arrivals.identifier_hash,
            arrivals.first_seen_date
        from arrivals
        inner join arrivals as others
            on
                arrivals.identifier_hash = others.identifier_hash
                and arrivals.first_seen_date <= others.first_seen_date
                and {{ add_days("arrivals.first_seen_date", "arrivals.window_days") }}
                > others.first_seen_date
        group by
            arrivals.identifier_hash,
            arrivals.first_seen_date,
            arrivals.max_customers_in_window
        having count(distinct others.person_key) > arrivals.max_customers_in_window
    ) as crowded_moments

),

blocked_values as (

    select
        shared.identifier_hash,
        min(blocklist.reason_code) as suppression_reason
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
    group by shared.identifier_hash

),

assessed as (

    select
        weighed.identifier_hash,
        weighed.identifier_type,
        weighed.identifier_value,
        weighed.profile_count,
        weighed.customer_count,
        weighed.max_customers,
        case
            when blocked_values.suppression_reason is not null
                then blocked_values.suppression_reason
            -- no number is that long: a pasted document, a broken export
            when length(weighed.identifier_value) > 256 then 'too_long'
            when weighed.customer_count > weighed.max_customers then 'over_shared'
            when weighed.record_count > weighed.max_records then 'too_many_records'
            when crowded.identifier_hash is not null then 'over_shared_in_window'
            when not weighed.is_personal and weighed.unionid_count > 1 then 'several_unionids'
            when not weighed.is_personal and weighed.birth_date_count > 1
                then 'several_birth_dates'
            when not weighed.is_personal and weighed.has_several_names then 'several_names'
            when not weighed.is_personal and weighed.gender_count > 1 then 'several_genders'
            when not weighed.is_personal and weighed.has_several_cards then 'several_cards'
        end as suppression_reason
    from weighed
    left join blocked_values
        on weighed.identifier_hash = blocked_values.identifier_hash
    left join crowded
        on weighed.identifier_hash = crowded.identifier_hash

),

suppressed_identifiers as (

    select
        identifier_type,
        identifier_value,
        identifier_hash,
        suppression_reason,
        -- a number shared at home still identifies people with names
        suppression_reason in (
            'several_unionids', 'several_birth_dates', 'several_names', 'several_genders',
            'several_cards'
        ) as links_by_name,
        profile_count,
        customer_count,
        max_customers
    from assessed
    where suppression_reason is not null

)

select * from suppressed_identifiers
