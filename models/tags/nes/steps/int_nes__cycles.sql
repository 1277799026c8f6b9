with

snapshots as (

    select * from {{ ref("int_nes__snapshots") }}

),

gaps as (

    select * from {{ ref("int_nes__gaps") }}

),

population as (

    select * from {{ ref("int_nes__population") }}

),

-- posterior mean of a customer's log gap: own gaps and the population, each weighted by
-- its precision
shrunk as (

    select
        gaps.*,
        population.within_variance,
        population.mean_log_gap as population_log_gap,
        {{ gap_shrinkage_weight(
            "gaps.gap_count", "population.within_variance", "population.between_variance"
        ) }} as shrinkage_weight
    from gaps
    inner join population on gaps.snapshot_date = population.snapshot_date

),

cycles as (

    select
        *,
        {{ shrunk_cycle_days(
            "shrinkage_weight", "mean_log_gap", "population_log_gap", "within_variance"
        ) }} as purchase_cycle_days,
        {{ days_between("first_ordered_date", "snapshot_date") }} as days_since_first_order,
        {{ days_between("last_ordered_date", "snapshot_date") }} as days_since_last_order,
        {{ days_between("snapshot_date", "next_ordered_date") }} as days_to_next_order
    from shrunk

),

nes_cycles as (

    select
        cycles.*,
        snapshots.purpose,
        cycles.days_since_first_order / cycles.purchase_cycle_days as cycles_since_first_order,
        cycles.days_since_last_order / cycles.purchase_cycle_days as cycles_since_last_order,
        -- known only where the whole next cycle lies within what has been seen since
        case
            when
                snapshots.purpose <> 'current'
                and cycles.purchase_cycle_days <= snapshots.horizon_days
                then coalesce(cycles.days_to_next_order <= cycles.purchase_cycle_days, false)
        end as has_bought_within_cycle
    from cycles
    inner join snapshots on cycles.snapshot_date = snapshots.snapshot_date

)

select
    cast(one_id as string) as one_id,
    cast(purpose as string) as purpose,
    cast(order_days as bigint) as order_days,
    cast(shrinkage_weight as double) as shrinkage_weight,
    cast(purchase_cycle_days as double) as purchase_cycle_days,
    cast(days_since_last_order as integer) as days_since_last_order,
    cast(cycles_since_first_order as double) as cycles_since_first_order,
    cast(cycles_since_last_order as double) as cycles_since_last_order,
    cast(has_bought_within_cycle as boolean) as has_bought_within_cycle,
    cast(last_ordered_date as date) as last_ordered_date,
    cast(snapshot_date as date) as snapshot_date
from nes_cycles
