with

snapshots as (

    select * from {{ ref("int_nes__snapshots") }}
    where purpose <> 'held'

),

gaps as (

    select * from {{ ref("int_nes__gaps") }}

),

population as (

    select * from {{ ref("int_nes__population") }}

),

dated as (

    select
        gaps.*,
        snapshots.purpose,
        snapshots.horizon_days,
        population.within_variance,
        population.between_variance,
        population.mean_log_gap as population_log_gap,
        {{ days_between("gaps.first_ordered_date", "gaps.snapshot_date") }}
            as days_since_first_order,
        {{ days_between("gaps.last_ordered_date", "gaps.snapshot_date") }}
            as days_since_last_order,
        {{ days_between("gaps.snapshot_date", "gaps.next_ordered_date") }} as days_to_next_order
    from gaps
    inner join snapshots on gaps.snapshot_date = snapshots.snapshot_date
    inner join population on snapshots.fitted_on_date = population.snapshot_date

),

-- The silence since the last order is a gap that is not over. It says nothing where no gap has
-- shown a cycle: most customers that bought once never come back.
open_gaps as (

    select
        *,
        ln(cast(greatest(days_since_last_order, 1) as double)) as log_open_gap,
        gap_count > 0 and days_since_last_order > 0 as has_open_gap,
        gap_count
        + case when gap_count > 0 and days_since_last_order > 0 then 1 else 0 end as all_gaps
    from dated

),

-- posterior mean of a customer's log gap: own gaps and the population, each weighted by
-- its precision
shrunk as (

    select
        *,
        {{ gap_shrinkage_weight("all_gaps", "within_variance", "between_variance") }}
            as shrinkage_weight,
        {{ gap_shrinkage_weight("gap_count", "within_variance", "between_variance") }}
            as closed_weight
    from open_gaps

),

round_0 as (

    select
        *,
        closed_weight * mean_log_gap + (1 - closed_weight) * population_log_gap as expected_log_gap,
        -- of a logistic distribution: the root of 3 in pi times its standard deviation
        sqrt(within_variance + (1 - shrinkage_weight) * between_variance) * 0.551328895421792
            as logistic_scale
    from shrunk

),

-- the open gap is taken at what it is expected to come to, and the mean anew from that
{% for round in range(1, 6) -%}
    round_{{ round }} as (

        select
            {{ star_except(["expected_log_gap"]) }},
            case
                when has_open_gap
                    then
                        shrinkage_weight * (
                            gap_count * mean_log_gap
                            + {{ expected_open_log_gap(
                                "log_open_gap", "expected_log_gap", "logistic_scale"
                            ) }}
                        ) / all_gaps
                        + (1 - shrinkage_weight) * population_log_gap
                else expected_log_gap
            end as expected_log_gap
        from round_{{ round - 1 }}

    ),

{% endfor -%}
cycles as (

    select
        *,
        {{ cycle_days_of("expected_log_gap", "within_variance") }} as purchase_cycle_days
    from round_5

),

nes_cycles as (

    select
        *,
        days_since_first_order / purchase_cycle_days as cycles_since_first_order,
        days_since_last_order / purchase_cycle_days as cycles_since_last_order,
        -- known only where the whole next cycle lies within what has been seen since
        case
            when purpose <> 'current' and purchase_cycle_days <= horizon_days
                then coalesce(days_to_next_order <= purchase_cycle_days, false)
        end as has_bought_within_cycle
    from cycles

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
