with

source as {{ inlined() }} (

    {{ read_source("crm", "campaigns") }}

),

normalised as (

    select
        {{ function("normalise_id") }}(campaign_id) as campaign_id,
        {{ function("normalise_name") }}(campaign_name) as campaign_name,
        {{ function("normalise_name") }}(campaign_type) as campaign_type,
        {{ function("normalise_code") }}(channel) as channel,
        {{ function("normalise_name") }}(objective) as objective,
        {{ function("parse_timestamp_text") }}(starts_at) as starts_at,
        {{ function("parse_timestamp_text") }}(ends_at) as ends_at,
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
            when {{ function("has_lost_digits") }}(raw_row.campaign_id) then 'lost_digits'
            when
                campaign_id is null
                then 'missing_key'
        end as fault
    from normalised

),

{{ deduplicate("crm", "campaigns") }}

select * from deduplicated
