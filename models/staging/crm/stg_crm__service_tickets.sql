with

source as {{ inlined() }} (

    {{ read_source("crm", "service_tickets") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_crm__members"), key=["member_id"]) }}

),

phones as (

    {{ with_phone("(select distinct mobile from source)", "mobile") }}

),

normalised as (

    select
        {{ function("normalise_id") }}(source.ticket_id) as ticket_id,
        {{ function("read_id") }}(source.member_id, 'member_id', id_exceptions) as member_id,
        phones.phone,
        {{ function("normalise_code") }}(source.channel) as channel,
        {{ function("normalise_name") }}(source.topic) as topic,
        {{ function("normalise_code") }}(source.severity) as severity,
        {{ function("clean_text") }}(source.description) as description,
        {{ function("parse_integer") }}(source.satisfaction) as satisfaction,
        {{ function("parse_timestamp_text") }}(source.opened_at) as opened_at,
        {{ function("parse_timestamp_text") }}(source.closed_at) as closed_at,
        {{ function("parse_timestamp_text") }}(source.loaded_at) as loaded_at,
        source.id_exceptions,
        source.is_repeated,
        source.raw_row
    from source
    left join phones on source.mobile = phones.mobile

),

validated as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ function("is_unreadable") }}(opened_at, raw_row.opened_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.ticket_id) then 'lost_digits'
            when
                ticket_id is null
                then 'missing_key'
            when {{ function("is_before_start") }}(opened_at) then 'before_start'
            when {{ function("is_in_the_future") }}(opened_at, loaded_at) then 'in_the_future'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.member_id = test_accounts.member_id

),

{{ deduplicate("crm", "service_tickets") }}

select * from deduplicated
