with

states as (

    select * from {{ ref("nes_states") }}

),

multiples as (

    {{ read_parameters(
        ref("nes_parameters"),
        "nes_status",
        ["active_multiple", "dozing_multiple", "sleeping_multiple"],
    ) }}

),

tested as (

    select * from {{ ref("int_nes__cycles") }}
    where purpose <> 'current'

),

snapshots as (

    select * from {{ ref("int_nes__snapshots") }}
    where purpose = 'test'

),

with_status as (

    select
        tested.*,
        {{ nes_status("tested", "multiples") }} as nes_status
    from tested
    cross join multiples

),

counts as (

    select
        nes_status,
        count(*) as customers,
        count(has_bought_within_cycle) as tested_customers,
        count(case when has_bought_within_cycle then 1 end) as bought_again,
        -- six decimals: the last digits of a float depend on the order of the rows
        round(avg(purchase_cycle_days), 6) as mean_cycle_days
    from with_status
    where purpose = 'test'
    group by nes_status

),

-- the shares of each past date on which there were enough customers
dated_shares as (

    select
        nes_status,
        snapshot_date,
        avg(case when has_bought_within_cycle then 1.0 else 0.0 end) as return_share
    from with_status
    where has_bought_within_cycle is not null
    group by nes_status, snapshot_date
    having count(*) >= 30

),

ranges as (

    select
        nes_status,
        count(*) as rolling_dates,
        min(return_share) as smallest_share,
        max(return_share) as largest_share
    from dated_shares
    group by nes_status

),

tag_nes_calibration as (

    select
        states.state_code as nes_status,
        states.name_en,
        states.name_zh,
        states.position as state_position,
        multiples.active_multiple,
        multiples.dozing_multiple,
        multiples.sleeping_multiple,
        counts.mean_cycle_days,
        snapshots.horizon_days,
        snapshots.snapshot_date,
        ranges.smallest_share,
        ranges.largest_share,
        coalesce(ranges.rolling_dates, 0) as rolling_dates,
        case states.state_code
            when 'E0'
                then coalesce(ranges.smallest_share > {{ var("nes_active_share") }}, false)
            when 'S3'
                then coalesce(ranges.largest_share < {{ var("nes_sleeping_share") }}, false)
        end as is_separable,
        coalesce(counts.customers, 0) as customers,
        coalesce(counts.tested_customers, 0) as tested_customers,
        coalesce(counts.bought_again, 0) as bought_again,
        counts.bought_again / nullif(cast(counts.tested_customers as double), 0)
            as bought_again_share
    from states
    cross join multiples
    left join counts on states.state_code = counts.nes_status
    left join ranges on states.state_code = ranges.nes_status
    left join snapshots on snapshots.purpose = 'test'

)

select
    cast(nes_status as string) as nes_status,
    cast(name_en as string) as nes_status_name_en,
    cast(name_zh as string) as nes_status_name_zh,
    cast(state_position as integer) as state_position,
    cast(customers as bigint) as customers,
    cast(tested_customers as bigint) as tested_customers,
    cast(bought_again as bigint) as bought_again,
    cast(bought_again_share as double) as bought_again_share,
    cast(rolling_dates as bigint) as rolling_dates,
    cast(smallest_share as double) as smallest_share,
    cast(largest_share as double) as largest_share,
    cast(is_separable as boolean) as is_separable,
    cast(mean_cycle_days as double) as mean_cycle_days,
    cast(active_multiple as double) as active_multiple,
    cast(dozing_multiple as double) as dozing_multiple,
    cast(sleeping_multiple as double) as sleeping_multiple,
    cast(horizon_days as integer) as horizon_days,
    cast(snapshot_date as date) as tested_as_of_date
from tag_nes_calibration
