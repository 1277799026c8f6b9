with

source as {{ inlined() }} (

    {{ read_source("crm", "member_identifiers", normalisers={
        "identifier_type": "normalise_code", "issued_by": "normalise_code",
    }) }}

),

test_accounts as (

    {{ test_accounts(ref("stg_crm__members"), key=["member_id"]) }}

),

normalised as (

    select
        {{ function("normalise_id") }}(member_id) as member_id,
        {{ function("normalise_code") }}(identifier_type) as identifier_type,
        {{ function("normalise_code") }}(issued_by) as issued_by,
        {{ function("normalise_id") }}(identifier_value) as identifier_value,
        {{ function("parse_timestamp_text") }}(linked_at) as linked_at,
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
                {{ function("is_unreadable") }}(linked_at, raw_row.linked_at)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when
                {{ function("has_lost_digits") }}(raw_row.member_id)
                or {{ function("has_lost_digits") }}(raw_row.identifier_value)
                then 'lost_digits'
            when
                normalised.member_id is null
                or identifier_type is null
                or identifier_value is null
                or {{ function("is_placeholder_id") }}(
                    normalised.member_id, 'member_id', id_exceptions
                )
                or {{ function("is_placeholder_id") }}(
                    identifier_value, 'identifier_value', id_exceptions
                )
                then 'missing_key'
            when {{ function("is_before_start") }}(linked_at) then 'before_start'
            when {{ function("is_in_the_future") }}(linked_at, loaded_at) then 'in_the_future'
            -- contacts and cards are written in many ways: they have columns of their own
            when identifier_type in ('phone', 'email', 'card') then 'unknown_value'
            when test_accounts.is_test_account then 'test_account'
        end as fault
    from normalised
    left join test_accounts
        on normalised.member_id = test_accounts.member_id

),

{{ deduplicate("crm", "member_identifiers") }}

select * from deduplicated
