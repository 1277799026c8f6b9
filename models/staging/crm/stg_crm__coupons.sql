with

source as {{ inlined() }} (

    {{ read_source("crm", "coupons") }}

),

normalised as (

    select
        {{ function("normalise_id") }}(coupon_id) as coupon_id,
        {{ function("normalise_id") }}(campaign_id) as campaign_id,
        {{ function("normalise_id") }}(product_id) as product_id,
        {{ function("normalise_code") }}(discount_type) as discount_type,
        cast({{ function("parse_money") }}(discount_value) as decimal(18, 4)) as discount_value,
        cast({{ function("parse_money") }}(min_spend) as decimal(18, 4)) as min_spend,
        {{ function("parse_timestamp_text") }}(loaded_at) as loaded_at,
        id_exceptions,
        is_repeated,
        raw_row
    from source

),

validated as {{ inlined() }} (

    select
        *,
        case
            when
                {{ function("is_unreadable") }}(discount_value, raw_row.discount_value)
                or {{ function("is_unreadable") }}(min_spend, raw_row.min_spend)
                or {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when
                {{ function("has_lost_digits") }}(raw_row.coupon_id)
                or {{ function("has_lost_digits") }}(raw_row.campaign_id)
                then 'lost_digits'
            when
                coupon_id is null
                or campaign_id is null
                then 'missing_key'
        end as fault
    from normalised

),

{{ deduplicate("crm", "coupons") }}

select * from deduplicated
