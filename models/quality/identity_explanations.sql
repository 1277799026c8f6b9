with

chains as (

    select * from {{ ref("int_identity__chains") }}

),

holders as (

    select * from {{ ref("int_identity__value_holders") }}

),

links as (

    select * from {{ ref("int_identity__links") }}

),

profiles as (

    select profile_id, profile_type from {{ ref("int_identity__profiles") }}

),

identifiers as (

    select * from {{ ref("int_identity__identifiers") }}

),

one_ids as (

    select
        profile_id,
        one_id,
        count(*) over (partition by one_id) as profile_count
    from {{ ref("int_identity__one_ids") }}

),

rules as (

    select identifier_type as rule, tier, priority, trust from {{ ref("identifier_types") }}
    union all
    select 'force_link' as rule, 0 as tier, 0 as priority, 1.0 as trust

),

-- both ends must carry the value, so the step is as strong as the weaker of them
steps as (

    select
        chains.node as profile_id,
        chains.step_number,
        max(chains.step_number) over (partition by chains.node) as step_count,
        chains.from_node as from_profile_id,
        chains.to_node as to_profile_id,
        comers.identifier_hash,
        greatest(comers.priority, goers.priority) as priority,
        chains.is_bridge,
        true as is_whole_chain
    from chains
    inner join holders as comers
        on chains.to_node = comers.profile_id and chains.shared_value = comers.shared_value
    inner join holders as goers
        on chains.from_node = goers.profile_id and chains.shared_value = goers.shared_value

),

-- of a customer too large to walk through, what joins each record to some other
direct as (

    select
        ends.profile_id,
        ends.linked_profile_id,
        ends.identifier_hash,
        ends.priority,
        row_number() over (
            partition by ends.profile_id
            order by ends.priority, ends.identifier_hash, ends.linked_profile_id
        ) as link_rank
    from (
        select profile_id, linked_profile_id, identifier_hash, priority from links
        union all
        select
            linked_profile_id as profile_id,
            profile_id as linked_profile_id,
            identifier_hash,
            priority
        from links
    ) as ends
    inner join one_ids on ends.profile_id = one_ids.profile_id
    where one_ids.profile_count > {{ var("identity_explained_profiles") }}

),

unioned as (

    select * from steps
    union all
    select
        profile_id,
        1 as step_number,
        cast(null as integer) as step_count,
        linked_profile_id as from_profile_id,
        profile_id as to_profile_id,
        identifier_hash,
        priority,
        cast(null as boolean) as is_bridge,
        false as is_whole_chain
    from direct
    where link_rank = 1

),

identity_explanations as (

    select
        one_ids.one_id,
        unioned.profile_id,
        unioned.from_profile_id,
        unioned.to_profile_id,
        comings.profile_type as from_profile_type,
        goings.profile_type as to_profile_type,
        rules.rule,
        coalesce(identifiers.identifier_type, rules.rule) as identifier_type,
        unioned.identifier_hash,
        case
            when identifiers.identifier_value is not null then {{ mask_identifier(
                "identifiers.identifier_value", "identifiers.identifier_type"
            ) }}
        end as identifier_masked,
        unioned.step_number,
        unioned.step_count,
        one_ids.profile_count,
        rules.tier,
        rules.trust,
        unioned.is_bridge,
        unioned.is_whole_chain
    from unioned
    inner join one_ids on unioned.profile_id = one_ids.profile_id
    inner join profiles as comings on unioned.from_profile_id = comings.profile_id
    inner join profiles as goings on unioned.to_profile_id = goings.profile_id
    inner join rules on unioned.priority = rules.priority
    left join identifiers
        on
            unioned.to_profile_id = identifiers.profile_id
            and unioned.identifier_hash = identifiers.identifier_hash

)

select
    cast(one_id as string) as one_id,
    cast(profile_id as string) as profile_id,
    cast(from_profile_id as string) as from_profile_id,
    cast(to_profile_id as string) as to_profile_id,
    cast(from_profile_type as string) as from_profile_type,
    cast(to_profile_type as string) as to_profile_type,
    cast(rule as string) as rule,
    cast(identifier_type as string) as identifier_type,
    cast(identifier_hash as string) as identifier_hash,
    cast(identifier_masked as string) as identifier_masked,
    cast(step_number as integer) as step_number,
    cast(step_count as integer) as step_count,
    cast(profile_count as bigint) as profile_count,
    cast(tier as integer) as tier,
    cast(trust as double) as trust,
    cast(is_bridge as boolean) as is_bridge,
    cast(is_whole_chain as boolean) as is_whole_chain
from identity_explanations
