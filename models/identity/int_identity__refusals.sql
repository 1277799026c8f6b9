with

refused as (

    select * from {{ graph_clustering.refused_links(ref("int_identity__clusters")) }}

),

candidates as (

    select * from {{ ref("int_identity__candidates") }}

),

cannot_link_values as (

    select distinct
        exclusive_hash,
        exclusive_masked
    from {{ ref("int_identity__cannot_link_values") }}

),

refusals as (

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
        refused.held_value as held_hash,
        held.exclusive_masked as held_masked,
        refused.other_value as other_hash,
        others.exclusive_masked as other_masked
    from refused
    inner join candidates
        on
            refused.node = candidates.profile_id
            and refused.neighbour = candidates.linked_profile_id
            and refused.link_key
            = lpad(cast(candidates.priority as string), 4, '0') || candidates.identifier_hash
    left join cannot_link_values as held on refused.held_value = held.exclusive_hash
    left join cannot_link_values as others on refused.other_value = others.exclusive_hash

)

select * from refusals
