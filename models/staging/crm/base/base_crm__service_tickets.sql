with

source as {{ inlined() }} (

    {{ read_source("crm", "service_tickets", key=[normalise_id("ticket_id")]) }}

),

test_accounts as (

    {{ test_accounts(ref("base_crm__members"), key=["member_id"]) }}

),

phoned as {{ inlined() }} (

    {{ with_phone("source", "mobile") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("ticket_id") }} as ticket_id,
        {{ normalise_id("member_id") }} as member_id,
        phone,
        {{ normalise_code("channel") }} as channel,
        {{ normalise_name("topic") }} as topic,
        {{ normalise_code("severity") }} as severity,
        {{ normalise_text("description") }} as description,
        {{ parse_integer("satisfaction") }} as satisfaction,
        {{ parse_timestamp_text("opened_at") }} as opened_at,
        {{ parse_timestamp_text("closed_at") }} as closed_at,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from phoned

),

judged as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ is_unreadable("opened_at") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when ticket_id is null then 'missing_key'
            when {{ is_before_start("opened_at") }} then 'before_start'
            when {{ is_in_the_future("opened_at") }} then 'in_the_future'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.member_id = test_accounts.member_id

),

{{ settle("judged", key=["ticket_id"]) }}

select * from settled
