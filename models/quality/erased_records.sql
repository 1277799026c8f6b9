{#- What each night delivered of erased people: the log that macro register_sources appends to. -#}
with

erased_rows as (

    select * from {{ erasure_table("erased_rows") }}

)

select
    cast(build_id as string) as build_id,
    cast(source_system as string) as source_system,
    cast(source_table as string) as source_table,
    cast('erased' as string) as reason_code,
    cast(withheld_rows as bigint) as withheld_rows,
    cast(blanked_rows as bigint) as blanked_rows,
    cast(load_day as date) as loaded_date,
    cast(recorded_at as timestamp) as recorded_at
from erased_rows
