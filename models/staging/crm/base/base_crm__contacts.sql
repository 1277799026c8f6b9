with

source as {{ inlined() }} (

    {{ read_source("crm", "contacts") }}

),

test_accounts as (

    {{ test_accounts(ref("base_crm__members"), key=["member_id"]) }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("contact_id") }} as contact_id,
        {{ normalise_id("campaign_id") }} as campaign_id,
        {{ normalise_id("member_id") }} as member_id,
        {{ normalise_code("channel") }} as channel,
        {{ normalise_code("status") }} as status,
        {{ parse_timestamp_text("sent_at") }} as sent_at,
        {{ parse_timestamp_text("opened_at") }} as opened_at,
        {{ parse_timestamp_text("clicked_at") }} as clicked_at,
        {{ parse_timestamp_text("unsubscribed_at") }} as unsubscribed_at,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from source

),

judged as {{ inlined() }} (

    select
        normalised.*,
        case
            when
                {{ is_unreadable("sent_at") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when contact_id is null then 'missing_key'
            when {{ is_before_start("sent_at") }} then 'before_start'
            when {{ is_in_the_future("sent_at") }} then 'in_the_future'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.member_id = test_accounts.member_id

),

{{ settle("crm", "contacts") }}

select * from settled
