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

cannot_link_values as (

    select
        identifiers.profile_id,
        -- exclusive within the system whose key it is
        identifiers.identifier_type || case
            when identifiers.namespace <> '' then '|' || identifiers.namespace else ''
        end as exclusive_type,
        identifiers.identifier_hash as exclusive_hash,
        {{ mask_identifier("identifiers.identifier_value", "identifiers.identifier_type") }}
            as exclusive_masked,
        case rules.on_conflict when 'refuse' then 1 else 2 end as level
    from identifiers
    inner join rules
        on identifiers.identifier_type = rules.identifier_type and rules.is_exclusive
    union all
    select
        profile_id,
        'never_link|' || pair_key as exclusive_type,
        profile_id as exclusive_hash,
        cast(null as string) as exclusive_masked,
        0 as level
    from never_together
    union all
    select
        other_profile_id as profile_id,
        'never_link|' || pair_key as exclusive_type,
        other_profile_id as exclusive_hash,
        cast(null as string) as exclusive_masked,
        0 as level
    from never_together

)

select * from cannot_link_values
