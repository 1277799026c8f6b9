{#- Tokens of which a cluster may hold one: level says who must respect it. -#}
with

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}

),

rules as (

    select * from {{ ref("identifier_types") }}

),

decisions as (

    select * from {{ ref("int_identity__decisions") }}

),

never_together as (

    select distinct
        profile_id,
        other_profile_id,
        profile_id || '|' || other_profile_id as pair_key
    from decisions
    where decision = 'never_link'

),

exclusive_values as (

    select
        identifiers.profile_id,
        -- exclusive within the system whose key it is
        identifiers.identifier_type || case
            when identifiers.namespace <> '' then '|' || identifiers.namespace else ''
        end as exclusive_type,
        -- of values that count as one the smallest is named, whatever the salt
        identifiers.identifier_type || ' ' || identifiers.namespace || ' '
        || identifiers.identifier_value as exclusive_value,
        identifiers.identifier_hash as exclusive_hash,
        {{ mask_identifier("identifiers.identifier_value", "identifiers.identifier_type") }}
            as exclusive_masked,
        case rules.on_conflict when 'refuse' then 1 else 2 end as level,
        count(*) over (
            partition by
                identifiers.profile_id, identifiers.identifier_type, identifiers.namespace
        ) as values_of_record
    from identifiers
    inner join rules
        on identifiers.identifier_type = rules.identifier_type and rules.is_exclusive

),

-- a record that says it has two shows that these are one person's
held_together as (

    select distinct exclusive_hash from exclusive_values
    where values_of_record > 1

),

cannot_link_values as (

    select
        exclusive_values.profile_id,
        exclusive_values.exclusive_type,
        exclusive_values.exclusive_value,
        exclusive_values.exclusive_hash,
        exclusive_values.exclusive_masked,
        exclusive_values.level
    from exclusive_values
    left join held_together
        on exclusive_values.exclusive_hash = held_together.exclusive_hash
    where held_together.exclusive_hash is null
    union all
    select
        profile_id,
        'never_link|' || pair_key as exclusive_type,
        profile_id as exclusive_value,
        profile_id as exclusive_hash,
        cast(null as string) as exclusive_masked,
        0 as level
    from never_together
    union all
    select
        other_profile_id as profile_id,
        'never_link|' || pair_key as exclusive_type,
        other_profile_id as exclusive_value,
        other_profile_id as exclusive_hash,
        cast(null as string) as exclusive_masked,
        0 as level
    from never_together

)

select * from cannot_link_values
