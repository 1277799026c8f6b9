{#- What each night found of every raw table: the log that macro check_arrivals appends to. -#}
with

nights as (

    select
        *,
        dense_rank() over (order by started_at, build_id) as night_number
    from (
        select
            *,
            min(recorded_at) over (partition by build_id) as started_at
        from {{ arrivals_log() }}
    ) as recorded

)

select
    cast(night_number as bigint) as night_number,
    cast(build_id as string) as build_id,
    cast(made_by as string) as made_by,
    cast(source_system as string) as source_system,
    cast(source_table as string) as source_table,
    cast(verdict as string) as verdict,
    cast(raw_rows as bigint) as raw_rows,
    cast(least_raw_rows as bigint) as least_raw_rows,
    cast(most_raw_rows as bigint) as most_raw_rows,
    cast(newest_day as date) as newest_day,
    cast(days_behind as bigint) as days_behind,
    cast(most_days_behind as bigint) as most_days_behind,
    cast(day_rows as bigint) as day_rows,
    cast(least_day_rows as bigint) as least_day_rows,
    cast(is_accepted as boolean) as is_accepted,
    cast(recorded_at as timestamp) as recorded_at
from nights
