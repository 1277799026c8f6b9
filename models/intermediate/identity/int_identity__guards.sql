with

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}

),

profiles as (

    select * from {{ ref("int_identity__profiles") }}

),

identifier_types as (

    select * from {{ ref("identifier_types") }}

),

blocklist as (

    select * from {{ ref("identifier_blocklist") }}

),

-- only a value carried by two profiles can join anybody, so only these are weighed
shared as (

    select identifier_type, identifier_value
    from identifiers
    group by identifier_type, identifier_value
    having count(*) > 1

),

-- who carries it, by each thing of which a person has one
carried as (

    select
        identifiers.identifier_type,
        identifiers.identifier_value,
        count(*) as profile_count,
        count(distinct profiles.name_key) as name_count,
        count(distinct profiles.birth_date) as birth_date_count,
        count(distinct profiles.unionid) as unionid_count,
        count(distinct profiles.card_no) as card_count,
        count(distinct case
            when profiles.profile_type = 'crm_member' then profiles.natural_key
        end) as member_count,
        count(distinct case
            when profiles.profile_type = 'web_account' then profiles.natural_key
        end) as login_count
    from shared
    inner join identifiers
        on
            shared.identifier_type = identifiers.identifier_type
            and shared.identifier_value = identifiers.identifier_value
    inner join profiles on identifiers.profile_id = profiles.profile_id
    group by identifiers.identifier_type, identifiers.identifier_value

),

weighed as (

    select
        carried.*,
        identifier_types.max_customers,
        identifier_types.is_exclusive,
        greatest(
            carried.name_count,
            carried.unionid_count,
            carried.card_count,
            carried.member_count,
            carried.login_count
        ) as customer_count
    from carried
    inner join identifier_types on carried.identifier_type = identifier_types.identifier_type

),

blocked_values as (

    select
        shared.identifier_type,
        shared.identifier_value,
        min(blocklist.reason_code) as guard_reason
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
    group by shared.identifier_type, shared.identifier_value

),

judged as (

    select
        weighed.identifier_type,
        weighed.identifier_value,
        weighed.profile_count,
        weighed.customer_count,
        weighed.max_customers,
        case
            when blocked_values.guard_reason is not null then blocked_values.guard_reason
            when weighed.customer_count > weighed.max_customers then 'over_shared'
            when not weighed.is_exclusive and weighed.unionid_count > 1 then 'several_unionids'
            when not weighed.is_exclusive and weighed.birth_date_count > 1
                then 'several_birth_dates'
            when not weighed.is_exclusive and weighed.name_count > 1 then 'several_names'
            when not weighed.is_exclusive and weighed.card_count > 1 then 'several_cards'
        end as guard_reason
    from weighed
    left join blocked_values
        on
            weighed.identifier_type = blocked_values.identifier_type
            and weighed.identifier_value = blocked_values.identifier_value

),

guards as (

    select
        identifier_type,
        identifier_value,
        {{ keyed_hash("identifier_type || '|' || identifier_value") }} as identifier_hash,
        guard_reason,
        -- a number shared at home still tells who is who among people with names
        guard_reason in (
            'several_unionids', 'several_birth_dates', 'several_names', 'several_cards'
        ) as links_by_name,
        profile_count,
        customer_count,
        max_customers
    from judged
    where guard_reason is not null

)

select * from guards
