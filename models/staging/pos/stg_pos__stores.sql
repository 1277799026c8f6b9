with

source as {{ inlined() }} (

    {{ read_source("pos", "stores") }}

),

normalised as (

    select
        {{ function("normalise_id") }}(store_id) as store_id,
        {{ function("normalise_name") }}(store_name) as store_name,
        {{ function("normalise_name") }}(province) as province,
        {{ function("normalise_name") }}(city) as city,
        {{ function("normalise_name") }}(store_type) as store_type,
        {{ function("parse_date") }}(opened_on) as opened_date,
        {{ function("parse_timestamp_text") }}(loaded_at) as loaded_at,
        id_exceptions,
        is_repeated,
        raw_row
    from source

),

validated as {{ inlined() }} (

    select
        *,
        case
            when
                {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.store_id) then 'lost_digits'
            when
                store_id is null
                then 'missing_key'
        end as fault
    from normalised

),

{{ deduplicate("pos", "stores") }}

select * from deduplicated
