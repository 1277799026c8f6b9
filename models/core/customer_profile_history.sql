with

assignments as (

    select
        profile_id,
        one_id,
        change_reason,
        assigned_at,
        -- of several builds of one moment the last holds
        row_number() over (
            partition by profile_id, assigned_at order by build_number desc
        ) as recency
    from {{ ref("int_identity__assignments") }}

),

periods as (

    select
        profile_id,
        one_id,
        change_reason,
        assigned_at as valid_from,
        lead(assigned_at) over (partition by profile_id order by assigned_at) as valid_to
    from assignments
    where recency = 1

),

-- a retired customer has no profiles
customer_profile_history as (

    select * from periods
    where change_reason <> 'retired'

)

select
    cast(profile_id as string) as profile_id,
    cast(one_id as string) as one_id,
    cast(change_reason as string) as change_reason,
    cast(valid_from as timestamp) as valid_from,
    cast(valid_to as timestamp) as valid_to
from customer_profile_history
