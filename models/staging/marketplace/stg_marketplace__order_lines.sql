with

source as {{ inlined() }} (

    {{ read_source("marketplace", "order_lines") }}

),

headers as (

    {{- change_log.changed_through(ref("stg_marketplace__orders"), ["order_id"], staging_key()) }}
    select
        order_id as header_id,
        exchange_rate
    from {{ ref("stg_marketplace__orders") }}
    where reject_reason is null and not is_exact_duplicate

),

normalised as {{ inlined() }} (

    select
        {{ function("normalise_id") }}(order_id) as order_id,
        {{ function("parse_integer") }}(line_no) as line_no,
        {{ function("normalise_id") }}(product_id) as product_id,
        cast({{ function("parse_money") }}(quantity) as decimal(18, 3)) as quantity,
        cast({{ function("parse_money") }}(list_amount) as decimal(18, 4)) as list_amount,
        cast({{ function("parse_money") }}(net_amount) as decimal(18, 4)) as net_amount,
        cast({{ function("parse_money") }}(coupon_amount) as decimal(18, 4)) as coupon_amount,
        {{ function("parse_timestamp_text") }}(loaded_at) as loaded_at,
        id_exceptions,
        is_repeated,
        raw_row
    from source

),

validated as {{ inlined() }} (

    select
        normalised.*,
        headers.exchange_rate,
        case
            when
                {{ function("is_unreadable") }}(line_no, raw_row.line_no)
                or {{ function("is_unreadable") }}(quantity, raw_row.quantity)
                or {{ function("is_unreadable") }}(list_amount, raw_row.list_amount)
                or {{ function("is_unreadable") }}(net_amount, raw_row.net_amount)
                or {{ function("is_unreadable") }}(coupon_amount, raw_row.coupon_amount)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.order_id) then 'lost_digits'
            when
                order_id is null
                or line_no is null
                then 'missing_key'
            when headers.header_id is null then 'orphan_line'
        end as fault
    from normalised
    left join headers on normalised.order_id = headers.header_id

),

{{ deduplicate("marketplace", "order_lines") }}

select * from deduplicated
