with

stores as (

    select
        'pos' as source_system,
        store_id,
        store_name,
        province,
        city,
        store_type,
        opened_date,
        loaded_at
    from {{ ref("stg_pos__stores") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(store_id as string) as store_id,
    cast(store_name as string) as store_name,
    cast(province as string) as province,
    cast(city as string) as city,
    cast(store_type as string) as store_type,
    cast(opened_date as date) as opened_date,
    cast(loaded_at as timestamp) as loaded_at
from stores
