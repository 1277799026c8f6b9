with

source as {{ inlined() }} (

    {{ read_source("crm", "member_consents", normalisers={
        "channel": "normalise_code", "purpose": "consent_purpose",
    }) }}

),

purposes as (

    select purpose_code from {{ ref("processing_purposes") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_crm__members"), key=["member_id"]) }}

),

normalised as (

    select
        {{ function("normalise_id") }}(member_id) as member_id,
        {{ function("normalise_code") }}(channel) as channel,
        {{ function("consent_purpose") }}(purpose) as purpose,
        {{ function("normalise_code") }}(capture_source) as capture_source,
        {{ function("parse_flag") }}(is_granted) as is_granted,
        {{ function("parse_timestamp_text") }}(changed_at) as changed_at,
        {{ function("parse_timestamp_text") }}(loaded_at) as loaded_at,
        id_exceptions,
        is_repeated,
        raw_row
    from source

),

validated as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ function("is_unreadable") }}(changed_at, raw_row.changed_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.member_id) then 'lost_digits'
            when
                normalised.member_id is null
                or channel is null
                or changed_at is null
                or {{ function("is_placeholder_id") }}(
                    normalised.member_id, 'member_id', id_exceptions
                )
                then 'missing_key'
            when {{ function("is_before_start") }}(changed_at) then 'before_start'
            when {{ function("is_in_the_future") }}(changed_at, loaded_at) then 'in_the_future'
            when
                channel not in (
                    'sms',
                    'email',
                    'phone',
                    'wechat',
                    'app_push',
                    'all'
                )
                or purposes.purpose_code is null
                then 'unknown_value'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join purposes on normalised.purpose = purposes.purpose_code
    left join test_accounts
        on normalised.member_id = test_accounts.member_id

),

{{ deduplicate("crm", "member_consents") }}

select * from deduplicated
