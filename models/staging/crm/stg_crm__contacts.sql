with

source as {{ inlined() }} (

    {{ read_source("crm", "contacts") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_crm__members"), key=["member_id"]) }}

),

normalised as {{ inlined() }} (

    select
        {{ function("normalise_id") }}(contact_id) as contact_id,
        {{ function("normalise_id") }}(campaign_id) as campaign_id,
        {{ function("read_id") }}(member_id, 'member_id', id_exceptions) as member_id,
        {{ function("normalise_code") }}(channel) as channel,
        {{ function("normalise_code") }}(status) as status,
        {{ function("parse_timestamp_text") }}(sent_at) as sent_at,
        {{ function("parse_timestamp_text") }}(opened_at) as opened_at,
        {{ function("parse_timestamp_text") }}(clicked_at) as clicked_at,
        {{ function("parse_timestamp_text") }}(unsubscribed_at) as unsubscribed_at,
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
                {{ function("is_unreadable") }}(sent_at, raw_row.sent_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.contact_id) then 'lost_digits'
            when
                contact_id is null
                then 'missing_key'
            when {{ function("is_before_start") }}(sent_at) then 'before_start'
            when {{ function("is_in_the_future") }}(sent_at, loaded_at) then 'in_the_future'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.member_id = test_accounts.member_id

),

{{ deduplicate("crm", "contacts") }}

select * from deduplicated
