{#- The daypart of each hour; the build ends where an hour has none or two. -#}
with

dayparts as (

    select * from {{ ref("dayparts") }}

),

hours as (

    {% for hour in range(24) -%}
        select {{ hour }} as business_hour
        {{- " union all" if not loop.last }}
    {% endfor %}

),

-- a part that ends before it begins goes over midnight
covered as (

    select
        hours.business_hour,
        min(dayparts.daypart_code) as daypart_code,
        count(dayparts.daypart_code) as part_count
    from hours
    left join dayparts
        on
            case
                when dayparts.hour_from < dayparts.hour_to
                    then
                        hours.business_hour >= dayparts.hour_from
                        and hours.business_hour < dayparts.hour_to
                else
                    hours.business_hour >= dayparts.hour_from
                    or hours.business_hour < dayparts.hour_to
            end
    group by hours.business_hour

),

checked as (

    select
        business_hour,
        case
            when part_count <> 1 then {{ stop_build(
                "'seed dayparts: hour ' || cast(business_hour as string) || ' lies in '"
                ~ " || cast(part_count as string) || ' dayparts, not in one'"
            ) }}
            else daypart_code
        end as daypart_code
    from covered

)

select
    cast(daypart_code as string) as daypart_code,
    cast(business_hour as integer) as business_hour
from checked
