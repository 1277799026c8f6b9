{#- What had been offered to each customer by each date, and redeemed, as known then. -#}
with

dates as (

    select * from {{ ref("int_coupons__dates") }}

)

select
    cast(offers.one_id as string) as one_id,
    cast(dates.purpose as string) as purpose,
    cast(dates.step as integer) as step,
    cast(offers.amount_from as double) as amount_from,
    cast(count(*) as bigint) as offers,
    cast(
        sum(case when offers.redemption_known_date <= dates.snapshot_date then 1 else 0 end)
        as bigint
    ) as redemptions,
    cast(min(offers.started_date) as date) as first_started_date,
    cast(max(offers.ended_date) as date) as last_ended_date
from {{ ref("int_coupons__offers") }} as offers
inner join dates
    on
        offers.purpose = dates.purpose
        and offers.ended_date <= dates.snapshot_date
group by offers.one_id, dates.purpose, dates.step, offers.amount_from
