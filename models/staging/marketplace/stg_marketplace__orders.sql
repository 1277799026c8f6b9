with

source as {{ inlined() }} (

    {{ read_source("marketplace", "orders") }}

),

phones as (

    {{ with_phone("(select distinct mobile from source)", "mobile") }}

),

rates as (

    {{ rates_of_days() }}

),

normalised as (

    select
        {{ function("normalise_id") }}(source.order_id) as order_id,
        {{ function("read_id") }}(source.buyer_id, 'buyer_id', id_exceptions) as buyer_id,
        phones.phone,
        -- a masked number is kept as it was shown and is no phone
        case
            when source.mobile like '%**%' or source.mobile like '%＊＊%'
                then {{ function("squeeze_text") }}(source.mobile)
        end as masked_phone,
        {{ function("normalise_email") }}(source.email) as email,
        {{ function("normalise_name") }}(source.recipient_name) as recipient_name,
        {{ function("normalise_name") }}(source.province) as province,
        {{ function("normalise_name") }}(source.city) as city,
        -- platforms have words of their own for the statuses of all systems
        case {{ function("normalise_code") }}(source.status)
            when 'wait_seller_send_goods' then 'paid'
            when 'wait_buyer_confirm_goods' then 'shipped'
            when 'trade_finished' then 'completed'
            when 'delivered' then 'completed'
            when 'trade_closed_by_taobao' then 'cancelled'
            when 'canceled' then 'cancelled'
            when 'trade_closed' then 'refunded'
            else {{ function("normalise_code") }}(source.status)
        end as status,
        {{ function("normalise_code") }}(source.payment_method) as payment_method,
        {{ function("read_id") }}(
            source.returns_order_id, 'returns_order_id', id_exceptions
        ) as returns_order_id,
        cast(
            {{ function("parse_money") }}(source.shipping_amount) as decimal(18, 4)
        ) as shipping_amount,
        cast({{ function("parse_money") }}(source.total_amount) as decimal(18, 4)) as total_amount,
        cast({{ function("parse_money") }}(source.tax_amount) as decimal(18, 4)) as tax_amount,
        cast(
            {{ function("parse_money") }}(source.discount_amount) as decimal(18, 4)
        ) as discount_amount,
        {{ order_currency("marketplace", "orders") }} as currency,
        {{ function("parse_timestamp_text") }}(source.ordered_at) as ordered_at,
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
        {{ business_date("ordered_at") }} as rate_date,
        case
            when
                {{ function("is_unreadable") }}(ordered_at, raw_row.ordered_at)
                or {{ function("is_unreadable") }}(shipping_amount, raw_row.shipping_amount)
                or {{ function("is_unreadable") }}(tax_amount, raw_row.tax_amount)
                or {{ function("is_unreadable") }}(discount_amount, raw_row.discount_amount)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.order_id) then 'lost_digits'
            when
                order_id is null
                or ordered_at is null
                then 'missing_key'
            when {{ function("is_before_start") }}(ordered_at) then 'before_start'
            when {{ function("is_in_the_future") }}(ordered_at, loaded_at) then 'in_the_future'
            when
                status not in (
                    'paid',
                    'shipped',
                    'completed',
                    'cancelled',
                    'refunded'
                )
                then 'unknown_value'
            when rates.rate is null then 'missing_rate'
        end as fault
    from normalised
    left join rates
        on {{ is_rate_of("normalised.currency", "normalised.ordered_at") }}

),

{{ deduplicate("marketplace", "orders") }}

select * from deduplicated
