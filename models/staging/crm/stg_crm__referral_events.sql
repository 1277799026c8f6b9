with

source as {{ inlined() }} (

    {{ read_source("crm", "referral_events") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_crm__members"), key=["member_id"]) }}

),

normalised as {{ inlined() }} (

    select
        {{ function("normalise_id") }}(event_id) as event_id,
        {{ function("normalise_id") }}(referral_code) as referral_code,
        {{ function("read_id") }}(member_id, 'member_id', id_exceptions) as member_id,
        {{ function("read_id") }}(referred_member_id, 'referred_member_id', id_exceptions)
            as referred_member_id,
        {{ function("normalise_code") }}(event_type) as event_type,
        {{ function("normalise_code") }}(channel) as channel,
        {{ function("parse_timestamp_text") }}(occurred_at) as occurred_at,
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
                {{ function("is_unreadable") }}(occurred_at, raw_row.occurred_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.event_id) then 'lost_digits'
            when
                event_id is null
                or event_type is null
                or occurred_at is null
                then 'missing_key'
            when {{ function("is_before_start") }}(occurred_at) then 'before_start'
            when {{ function("is_in_the_future") }}(occurred_at, loaded_at) then 'in_the_future'
            when
                event_type not in ('refer', 'register', 'order')
                then 'unknown_value'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.member_id = test_accounts.member_id

),

{{ deduplicate("crm", "referral_events") }}

select * from deduplicated
