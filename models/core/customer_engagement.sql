with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

calls as (

    select
        touches.one_id,
        count(
            case
                when {{ days_between("touches.touched_date", "as_of.as_of_date") }} < 90 then 1
            end
        ) as calls_last_90_days,
        avg(touches.rating) as call_satisfaction,
        max(touches.touched_at) as last_call_at
    from {{ ref("touches") }} as touches
    cross join as_of
    where touches.touch_type = 'call' and touches.one_id is not null
    group by touches.one_id

)

select
    cast(one_id as string) as one_id,
    cast(calls_last_90_days as bigint) as calls_last_90_days,
    cast({{ rounded("call_satisfaction", 9, 2) }} as decimal(9, 2)) as call_satisfaction,
    cast(last_call_at as timestamp) as last_call_at
from calls
