with

source as {{ inlined() }} (

    {{ read_source("pos", "stores") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("store_id") }} as store_id,
        {{ normalise_name("store_name") }} as store_name,
        {{ normalise_name("province") }} as province,
        {{ normalise_name("city") }} as city,
        {{ normalise_name("store_type") }} as store_type,
        {{ parse_date("opened_on") }} as opened_on,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from source

),

judged as {{ inlined() }} (

    select
        *,
        case
            when {{ is_unreadable("loaded_at") }} then 'unreadable_value'
            when store_id is null then 'missing_key'
        end as fault
    from normalised

),

{{ settle("pos", "stores") }}

select * from settled
