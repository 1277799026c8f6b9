{#- What each run found past its limit: the log that macro log_expired_rows appends to. -#}
with

retention_rows as (

    select * from {{ retention_log() }}

)

select
    cast(build_id as string) as build_id,
    cast(source_system as string) as source_system,
    cast(source_table as string) as source_table,
    cast(disposition as string) as disposition,
    cast(limit_of as string) as limit_of,
    cast(counted_from as string) as counted_from,
    cast(reason as string) as reason,
    cast(keep_days as bigint) as keep_days,
    cast(past_rows as bigint) as past_rows,
    cast(undated_rows as bigint) as undated_rows,
    cast(counted_to as date) as counted_to,
    cast(kept_from as date) as kept_from,
    cast(oldest_kept as date) as oldest_kept,
    cast(recorded_at as timestamp) as recorded_at
from retention_rows
