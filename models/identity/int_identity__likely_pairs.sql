with

pairs as (

    select * from {{ ref("int_identity__probabilistic_pairs") }}
    where decision = 'link'

),

names as (

    select profile_id, full_name from {{ ref("int_identity__profiles") }}

),

differences as (

    select full_name, other_full_name from {{ ref("int_identity__name_agreements") }}
    where agreement = 'different'

),

-- names that meet and are different, each from the other, are two people's
likely_pairs as (

    select
        pairs.profile_id,
        pairs.linked_profile_id,
        pairs.rule
    from pairs
    left join names on pairs.profile_id = names.profile_id
    left join names as other_names on pairs.linked_profile_id = other_names.profile_id
    left join differences
        on
            names.full_name = differences.full_name
            and other_names.full_name = differences.other_full_name
    left join differences as turned
        on
            other_names.full_name = turned.full_name
            and names.full_name = turned.other_full_name
    where differences.full_name is null or turned.full_name is null

)

select
    cast(profile_id as string) as profile_id,
    cast(linked_profile_id as string) as linked_profile_id,
    cast(rule as string) as rule
from likely_pairs
