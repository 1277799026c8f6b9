with

levels as (

    select * from {{ ref("int_churn__levels") }}

),

customers as (

    select
        purpose,
        level,
        count(*) as customers
    from {{ ref("int_churn__scores") }}
    where level is not null
    group by purpose, level

),

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

-- 95 % interval of Agresti and Coull (1998)
rated as (

    select
        levels.*,
        coalesce(customers.customers, 0) as customers,
        as_of.as_of_date,
        levels.churned / nullif(cast(levels.tested_customers as double), 0) as measured_rate,
        cast(levels.churned + 1.9208 as double)
        / cast(levels.tested_customers + 3.8416 as double) as centre
    from levels
    cross join as_of
    left join customers
        on levels.purpose = customers.purpose and levels.level = customers.level

),

churn_levels as (

    select
        *,
        1.96 * sqrt(centre * (1 - centre) / cast(tested_customers + 3.8416 as double))
            as half_width
    from rated

)

select
    cast(purpose as string) as purpose,
    cast(level as string) as level,
    cast(cut_by as string) as cut_by,
    cast(level_position as integer) as level_position,
    cast(low as double) as low,
    cast(high as double) as high,
    cast(customers as bigint) as customers,
    cast(tested_customers as bigint) as tested_customers,
    cast(churned as bigint) as churned,
    cast(measured_rate as double) as measured_rate,
    cast(case when tested_customers > 0 then greatest(centre - half_width, 0) end as double)
        as rate_low,
    cast(case when tested_customers > 0 then least(centre + half_width, 1) end as double)
        as rate_high,
    cast(as_of_date as date) as as_of_date
from churn_levels
