{#-
    The last time a customer came back from sleep: an order after a silence longer than the
    sleeping multiple of the cycle that its gaps until then had shown.
-#}
with

population as (

    {{ read_parameters(
        ref("nes_parameters"),
        "purchase_cycle_days",
        ["mean_log_gap", "within_variance", "between_variance"],
    ) }}

),

multiples as (

    {{ read_parameters(ref("nes_parameters"), "nes_status", ["sleeping_multiple"]) }}

),

order_days as (

    select
        *,
        ln(cast(days_since_previous as double)) as log_gap
    from {{ ref("int_tags__order_days") }}

),

known_before as (

    select
        one_id,
        ordered_date,
        days_since_previous,
        count(log_gap) over (
            partition by one_id order by ordered_date
            rows between unbounded preceding and 1 preceding
        ) as gap_count,
        coalesce(
            avg(log_gap) over (
                partition by one_id order by ordered_date
                rows between unbounded preceding and 1 preceding
            ), 0
        ) as mean_log_gap
    from order_days

),

shrunk as (

    select
        known_before.*,
        population.mean_log_gap as population_log_gap,
        population.within_variance,
        {{ gap_shrinkage_weight(
            "known_before.gap_count", "population.within_variance", "population.between_variance"
        ) }} as shrinkage_weight
    from known_before
    cross join population
    where known_before.days_since_previous is not null

),

cycles as (

    select
        one_id,
        ordered_date,
        days_since_previous,
        {{ shrunk_cycle_days(
            "shrinkage_weight", "mean_log_gap", "population_log_gap", "within_variance"
        ) }} as cycle_days
    from shrunk

),

comebacks as (

    select cycles.*
    from cycles
    cross join multiples
    where cycles.days_since_previous > multiples.sleeping_multiple * cycles.cycle_days

)

select
    cast(one_id as string) as one_id,
    cast(max_by(days_since_previous, ordered_date) as integer) as silent_days,
    cast(count(*) as bigint) as comebacks,
    cast(max(ordered_date) as date) as won_back_date
from comebacks
group by one_id
