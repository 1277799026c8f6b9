with

source as {{ inlined() }} (

    {{ read_source("call_centre", "calls") }}

),

phones as (

    {{ with_phone("(select distinct phone_number from source)", "phone_number") }}

),

normalised as (

    select
        {{ function("normalise_id") }}(source.call_id) as call_id,
        phones.phone,
        {{ function("normalise_code") }}(source.direction) as direction,
        {{ function("normalise_id") }}(source.agent_id) as agent_id,
        {{ function("normalise_name") }}(source.topic) as topic,
        {{ function("normalise_code") }}(source.outcome) as outcome,
        {{ function("parse_integer") }}(source.duration_seconds) as duration_seconds,
        {{ function("parse_integer") }}(source.satisfaction) as satisfaction,
        {{ function("parse_timestamp_text") }}(source.started_at) as started_at,
        {{ function("parse_timestamp_text") }}(source.loaded_at) as loaded_at,
        source.id_exceptions,
        source.is_repeated,
        source.raw_row
    from source
    left join phones on source.phone_number = phones.phone_number

),

validated as {{ inlined() }} (

    select
        *,
        case
            when
                {{ function("is_unreadable") }}(started_at, raw_row.started_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.call_id) then 'lost_digits'
            when
                call_id is null
                or started_at is null
                then 'missing_key'
            when {{ function("is_before_start") }}(started_at) then 'before_start'
            when {{ function("is_in_the_future") }}(started_at, loaded_at) then 'in_the_future'
        end as fault
    from normalised

),

{{ deduplicate("call_centre", "calls") }}

select * from deduplicated
