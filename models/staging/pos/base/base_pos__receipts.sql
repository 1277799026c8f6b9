with

source as {{ inlined() }} (

    {{ read_source("pos", "receipts", key=[normalise_id("receipt_id")]) }}

),

phoned as {{ inlined() }} (

    {{ with_phone("source", "mobile") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("receipt_id") }} as receipt_id,
        {{ normalise_id("store_id") }} as store_id,
        {{ normalise_id("till_id") }} as till_id,
        {{ normalise_id("staff_id") }} as staff_id,
        {{ normalise_card("card_no") }} as card_no,
        phone,
        {{ normalise_name("customer_name") }} as customer_name,
        {{ normalise_code("payment_method") }} as payment_method,
        {{ normalise_id("returns_receipt_id") }} as returns_receipt_id,
        cast({{ parse_money("total_amount") }} as decimal(18, 2)) as total_amount,
        {{ parse_timestamp_text("sold_at") }} as sold_at,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from phoned

),

judged as {{ inlined() }} (

    select
        *,
        case
            when
                {{ is_unreadable("sold_at") }}
                or {{ is_unreadable("total_amount") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when receipt_id is null or sold_at is null then 'missing_key'
            when {{ is_before_start("sold_at") }} then 'before_start'
            when {{ is_in_the_future("sold_at") }} then 'in_the_future'
            when upper(store_id) like 'TEST%' then 'test_account'
        end as fault
    from normalised

),

{{ settle("judged", key=["receipt_id"]) }}

select * from settled
