{#- Stores of the master data and stores that sold without standing there. -#}
with

master_stores as (

    {{ of_most_trusted_system(ref("input_stores"), "store_id") }}

),

selling_stores as (

    select
        store_id,
        min(ordered_date) as first_sold_date,
        max(ordered_date) as last_sold_date
    from {{ ref("int_behaviour__orders") }}
    where store_id is not null
    group by store_id

),

all_stores as (

    select
        coalesce(master_stores.store_id, selling_stores.store_id) as store_id,
        master_stores.store_name,
        master_stores.province,
        master_stores.city,
        master_stores.store_type,
        master_stores.store_id is not null as is_known,
        master_stores.opened_date,
        selling_stores.first_sold_date,
        selling_stores.last_sold_date
    from master_stores
    full outer join selling_stores
        on master_stores.store_id = selling_stores.store_id

)

select
    cast(store_id as string) as store_id,
    cast(store_name as string) as store_name,
    cast(province as string) as province,
    cast(city as string) as city,
    cast(store_type as string) as store_type,
    cast(is_known as boolean) as is_known,
    cast(opened_date as date) as opened_date,
    cast(first_sold_date as date) as first_sold_date,
    cast(last_sold_date as date) as last_sold_date
from all_stores
