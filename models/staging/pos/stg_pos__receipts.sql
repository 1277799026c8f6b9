with

source as {{ inlined() }} (

    {{ read_source("pos", "receipts") }}

),

phones as (

    {{ with_phone("(select distinct mobile from source)", "mobile") }}

),

normalised as {{ inlined() }} (

    select
        {{ function("normalise_id") }}(source.receipt_id) as receipt_id,
        {{ function("normalise_id") }}(source.store_id) as store_id,
        {{ function("normalise_id") }}(source.till_id) as till_id,
        {{ function("normalise_id") }}(source.staff_id) as staff_id,
        {{ function("normalise_card") }}(source.card_no) as card_no,
        phones.phone,
        {{ function("normalise_name") }}(source.customer_name) as customer_name,
        {{ function("normalise_code") }}(source.payment_method) as payment_method,
        {{ function("normalise_id") }}(source.returns_receipt_id) as returns_receipt_id,
        cast({{ function("parse_money") }}(source.total_amount) as decimal(18, 2)) as total_amount,
        {{ function("parse_timestamp_text") }}(source.sold_at) as sold_at,
        {{ function("parse_timestamp_text") }}(source.loaded_at) as loaded_at,
        source.is_repeated,
        source.raw_row
    from source
    left join phones on source.mobile = phones.mobile

),

validated as {{ inlined() }} (

    select
        *,
        case
            when
                {{ function("is_unreadable") }}(sold_at, raw_row.sold_at)
                or {{ function("is_unreadable") }}(total_amount, raw_row.total_amount)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when receipt_id is null or sold_at is null then 'missing_key'
            when {{ function("is_before_start") }}(sold_at) then 'before_start'
            when {{ function("is_in_the_future") }}(sold_at, loaded_at) then 'in_the_future'
            when upper(store_id) like 'TEST%' then 'test_account'
        end as fault
    from normalised

),

{{ deduplicate("pos", "receipts") }}

select * from deduplicated
