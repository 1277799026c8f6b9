{#-
    Where the levels of churn begin: at .2, .5 and .8, or where one of these levels would hold
    nobody of the tested dates, at the 50, 75 and 90 % quantiles of what was given there.
-#}
with

chosen as (

    select
        models.purpose,
        models.method
    from {{ ref("int_churn__models") }} as models
    where models.is_chosen

),

tested as (

    select
        tested.purpose,
        tested.probability,
        tested.outcome
    from {{ ref("int_churn__tested") }} as tested
    inner join chosen
        on tested.purpose = chosen.purpose and tested.method = chosen.method
    where tested.step = tested.tested_step

),

cuts as (

    select
        purpose,
        sum(case when probability < 0.2 then 1 else 0 end) > 0
        and sum(case when probability >= 0.2 and probability < 0.5 then 1 else 0 end) > 0
        and sum(case when probability >= 0.5 and probability < 0.8 then 1 else 0 end) > 0
        and sum(case when probability >= 0.8 then 1 else 0 end) > 0 as is_fixed,
        {{ quantile("probability", 0.5) }} as half,
        {{ quantile("probability", 0.75) }} as three_quarters,
        {{ quantile("probability", 0.9) }} as nine_tenths
    from tested
    group by purpose

),

levels as (

    select
        purpose,
        is_fixed,
        'normal' as level,
        1 as level_position,
        0 as low,
        case when is_fixed then 0.2 else half end as high
    from cuts
    union all
    select
        purpose,
        is_fixed,
        'mild' as level,
        2 as level_position,
        case when is_fixed then 0.2 else half end as low,
        case when is_fixed then 0.5 else three_quarters end as high
    from cuts
    union all
    select
        purpose,
        is_fixed,
        'serious' as level,
        3 as level_position,
        case when is_fixed then 0.5 else three_quarters end as low,
        case when is_fixed then 0.8 else nine_tenths end as high
    from cuts
    union all
    select
        purpose,
        is_fixed,
        'very_serious' as level,
        4 as level_position,
        case when is_fixed then 0.8 else nine_tenths end as low,
        1 as high
    from cuts

),

counted as (

    select
        levels.purpose,
        levels.level,
        count(*) as tested_customers,
        sum(tested.outcome) as churned
    from tested
    inner join levels
        on
            tested.purpose = levels.purpose
            and {{ is_in_churn_level("tested.probability", "levels") }}
    group by levels.purpose, levels.level

)

select
    cast(levels.purpose as string) as purpose,
    cast(levels.level as string) as level,
    cast(case when levels.is_fixed then 'fixed' else 'quantiles' end as string) as cut_by,
    cast(levels.level_position as integer) as level_position,
    cast(levels.low as double) as low,
    cast(levels.high as double) as high,
    cast(coalesce(counted.tested_customers, 0) as bigint) as tested_customers,
    cast(coalesce(counted.churned, 0) as bigint) as churned
from levels
left join counted on levels.purpose = counted.purpose and levels.level = counted.level
