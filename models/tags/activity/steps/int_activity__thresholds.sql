with

tag_activity as (

    select * from {{ ref("tag_activity") }}

),

-- the cuts follow from the shares, so they are read off the levels
cuts as (

    select
        min(case when activity_level = 'high' then activity_score end) as high_from,
        max(case when activity_level = 'low' then activity_score end) as low_to
    from tag_activity

),

thresholds as (

    select
        'high_from' as threshold_code,
        high_from as threshold_value
    from cuts
    union all
    select
        'low_to' as threshold_code,
        low_to as threshold_value
    from cuts

)

select
    cast('activity_level' as string) as tag_code,
    cast(threshold_code as string) as threshold_code,
    cast(threshold_value as string) as threshold_value,
    cast('data' as string) as origin
from thresholds
where threshold_value is not null
