with

source as {{ inlined() }} (

    {{ read_source("crm", "campaign_members") }}

),

test_accounts as (

    {{ test_accounts(ref("stg_crm__members"), key=["member_id"]) }}

),

normalised as (

    select
        {{ function("normalise_id") }}(campaign_id) as campaign_id,
        {{ function("normalise_id") }}(member_id) as member_id,
        {{ function("normalise_code") }}(arm) as arm,
        {{ function("parse_timestamp_text") }}(assigned_at) as assigned_at,
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
                {{ function("is_unreadable") }}(assigned_at, raw_row.assigned_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when
                {{ function("has_lost_digits") }}(raw_row.campaign_id)
                or {{ function("has_lost_digits") }}(raw_row.member_id)
                then 'lost_digits'
            when
                campaign_id is null
                or normalised.member_id is null
                or {{ function("is_placeholder_id") }}(
                    normalised.member_id, 'member_id', id_exceptions
                )
                then 'missing_key'
            when {{ function("is_before_start") }}(assigned_at) then 'before_start'
            when {{ function("is_in_the_future") }}(assigned_at, loaded_at) then 'in_the_future'
            when
                arm not in (
                    'treatment',
                    'control'
                )
                then 'unknown_value'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.member_id = test_accounts.member_id

),

{{ deduplicate("crm", "campaign_members") }}

select * from deduplicated
