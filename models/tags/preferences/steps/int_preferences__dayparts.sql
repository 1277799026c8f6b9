with

dayparts as (

    select * from {{ ref("dayparts") }}

),

hours as (

    {% for hour in range(24) -%}
        select {{ hour }} as business_hour
        {{- " union all" if not loop.last }}
    {% endfor %}

)

-- a part that ends before it begins goes over midnight
select
    cast(dayparts.daypart_code as string) as daypart_code,
    cast(hours.business_hour as integer) as business_hour
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
