with

source as {{ inlined() }} (

    {{ read_source("pos", "receipts") }}

),

phones as (

    {{ with_phone("(select distinct mobile from source)", "mobile") }}

),

test_stores as (

    select distinct
        written.store_id,
        true as is_test_store
    from (
        select
            {{ function("normalise_id") }}(store_id) as store_id,
            {{ function("as_words") }}(store_id) as store_words
        from (select distinct store_id from source) as stores
    ) as written
    inner join {{ test_account_words() }} as patterns
        on (patterns.field = 'store' and store_words like patterns.words)

),

rates as (

    {{ rates_of_days() }}

),

normalised as (

    select
        {{ function("normalise_id") }}(source.receipt_id) as receipt_id,
        {{ function("normalise_id") }}(source.store_id) as store_id,
        {{ function("normalise_id") }}(source.till_id) as till_id,
        {{ function("normalise_id") }}(source.staff_id) as staff_id,
        {{ function("read_card") }}(source.card_no, 'card_no', id_exceptions) as card_no,
        phones.phone,
        {{ function("normalise_name") }}(source.customer_name) as customer_name,
        {{ function("normalise_code") }}(source.payment_method) as payment_method,
        {{ function("read_id") }}(
            source.returns_receipt_id, 'returns_receipt_id', id_exceptions
        ) as returns_receipt_id,
        cast({{ function("parse_money") }}(source.total_amount) as decimal(18, 4)) as total_amount,
        cast(
            {{ function("parse_money") }}(source.shipping_amount) as decimal(18, 4)
        ) as shipping_amount,
        cast({{ function("parse_money") }}(source.tax_amount) as decimal(18, 4)) as tax_amount,
        cast(
            {{ function("parse_money") }}(source.discount_amount) as decimal(18, 4)
        ) as discount_amount,
        {{ order_currency("pos", "receipts") }} as currency,
        {{ function("parse_timestamp_text") }}(source.sold_at) as sold_at,
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
        cast(rates.rate as decimal(20, 10)) as exchange_rate,
        {{ business_date("sold_at") }} as rate_date,
        case
            when
                {{ function("is_unreadable") }}(sold_at, raw_row.sold_at)
                or {{ function("is_unreadable") }}(shipping_amount, raw_row.shipping_amount)
                or {{ function("is_unreadable") }}(tax_amount, raw_row.tax_amount)
                or {{ function("is_unreadable") }}(discount_amount, raw_row.discount_amount)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.receipt_id) then 'lost_digits'
            when
                receipt_id is null
                or sold_at is null
                then 'missing_key'
            when {{ function("is_before_start") }}(sold_at) then 'before_start'
            when {{ function("is_in_the_future") }}(sold_at, loaded_at) then 'in_the_future'
            when rates.rate is null then 'missing_rate'
            when test_stores.is_test_store then 'test_account'
        end as fault
    from normalised
    left join test_stores
        on normalised.store_id = test_stores.store_id
    left join rates
        on {{ is_rate_of("normalised.currency", "normalised.sold_at") }}

),

{{ deduplicate("pos", "receipts") }}

select * from deduplicated
