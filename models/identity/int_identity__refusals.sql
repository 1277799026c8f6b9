with

refused as (

    select * from {{ graph_clustering.refused_links(ref("int_identity__clusters")) }}

),

candidates as (

    select * from {{ ref("int_identity__candidates") }}

),

cannot_link_values as (

    select distinct
        exclusive_value,
        exclusive_hash,
        exclusive_masked
    from {{ ref("int_identity__cannot_link_values") }}

),

-- a value that changed hands: the first records of one holder and of the next
holders as (

    select
        holder_periods.identifier_type,
        holder_periods.identifier_hash,
        holder_periods.holder_number,
        min(holder_periods.change_reason) as change_reason,
        min_by(holder_periods.profile_id, {{ record_key("profiles") }}) as profile_id
    from {{ ref("int_identity__holder_periods") }} as holder_periods
    inner join {{ ref("int_identity__profiles") }} as profiles
        on holder_periods.profile_id = profiles.profile_id
    where holder_periods.is_holder
    group by
        holder_periods.identifier_type,
        holder_periods.identifier_hash,
        holder_periods.holder_number

),

handed_on as (

    select
        holders.profile_id,
        earlier.profile_id as linked_profile_id,
        holders.identifier_type as rule,
        holders.identifier_hash,
        case
            when 'released' in (holders.change_reason, earlier.change_reason) then 'released'
            else 'changed_hands'
        end as refused_for,
        case
            when 'released' in (holders.change_reason, earlier.change_reason)
                then 'the value was released by hand (seed unbind)'
            when holders.change_reason = 'another_name'
                then 'the value was silent and came back with another name'
            when holders.change_reason = 'another_unionid'
                then 'the value was silent and came back with another unionid'
            else 'the value was silent and came back with another device'
        end as refusal_reason
    from holders
    inner join holders as earlier
        on
            holders.identifier_hash = earlier.identifier_hash
            and holders.holder_number = earlier.holder_number + 1

),

refused_links as (

    select
        candidates.profile_id,
        candidates.linked_profile_id,
        candidates.rule,
        candidates.identifier_hash,
        split_part(refused.token_type, '|', 1) as refused_for,
        case
            when refused.token_type like 'never_link|%'
                then 'the two were parted by hand (seed never_link)'
            else
                'it would give one customer two values of '
                || split_part(refused.token_type, '|', 1)
        end as refusal_reason,
        held.exclusive_hash as held_hash,
        held.exclusive_masked as held_masked,
        others.exclusive_hash as other_hash,
        others.exclusive_masked as other_masked
    from refused
    inner join candidates
        on
            refused.node = candidates.profile_id
            and refused.neighbour = candidates.linked_profile_id
            and refused.link_key = candidates.link_key
    left join cannot_link_values as held on refused.held_value = held.exclusive_value
    left join cannot_link_values as others on refused.other_value = others.exclusive_value

),

-- links by a shared value alone within a cluster that holds more values than a customer may
over_caps as (

    select
        component,
        min_by(
            'it would give one customer ' || cast(value_count as string) || ' values of '
            || identifier_type || ' (' || cap || ' ' || cast(max_values as string) || ')',
            identifier_type || '|' || cap
        ) as refusal_reason
    from {{ ref("int_identity__over_caps") }}
    group by component

),

capped as (

    select
        candidates.profile_id,
        candidates.linked_profile_id,
        candidates.rule,
        candidates.identifier_hash,
        over_caps.refusal_reason
    from over_caps
    inner join {{ ref("int_identity__clusters") }} as clusters
        on over_caps.component = clusters.component
    inner join candidates on clusters.node = candidates.profile_id
    inner join {{ ref("identifier_types") }} as rules
        on
            candidates.rule = rules.identifier_type
            and not rules.is_personal
            and not rules.proves_person
            and rules.record_type is null
    left join refused
        on
            candidates.profile_id = refused.node
            and candidates.linked_profile_id = refused.neighbour
            and candidates.link_key = refused.link_key
    where refused.node is null

),

refusals as (

    select * from refused_links
    union all
    select
        profile_id,
        linked_profile_id,
        rule,
        identifier_hash,
        'max_per_customer' as refused_for,
        refusal_reason,
        cast(null as string) as held_hash,
        cast(null as string) as held_masked,
        cast(null as string) as other_hash,
        cast(null as string) as other_masked
    from capped
    union all
    select
        profile_id,
        linked_profile_id,
        rule,
        identifier_hash,
        refused_for,
        refusal_reason,
        cast(null as string) as held_hash,
        cast(null as string) as held_masked,
        cast(null as string) as other_hash,
        cast(null as string) as other_masked
    from handed_on

)

select * from refusals
