with

source as {{ inlined() }} (

    {{ read_source("crm", "campaigns") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("campaign_id") }} as campaign_id,
        {{ normalise_name("campaign_name") }} as campaign_name,
        {{ normalise_name("campaign_type") }} as campaign_type,
        {{ normalise_code("channel") }} as channel,
        {{ normalise_name("objective") }} as objective,
        {{ parse_timestamp_text("starts_at") }} as starts_at,
        {{ parse_timestamp_text("ends_at") }} as ends_at,
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
            when campaign_id is null then 'missing_key'
        end as fault
    from normalised

),

{{ settle("crm", "campaigns") }}

select * from settled
