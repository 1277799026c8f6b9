{#- The as-of date, and the days on which the last three campaigns began whose windows are over. -#}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

purposes as (

    select 'coupon_amount' as purpose
    union all
    select 'coupon_percent' as purpose

),

starts as (

    select distinct
        offers.purpose,
        offers.started_date
    from {{ ref("int_coupons__offers") }} as offers
    cross join as_of
    where offers.ended_date <= as_of.as_of_date

),

ranked as (

    select
        *,
        row_number() over (partition by purpose order by started_date desc) as step
    from starts

)

select
    cast(purposes.purpose as string) as purpose,
    cast(0 as integer) as step,
    cast(as_of.as_of_date as date) as snapshot_date
from purposes
cross join as_of
union all
select
    cast(purpose as string) as purpose,
    cast(step as integer) as step,
    cast(started_date as date) as snapshot_date
from ranked
where step <= 3
