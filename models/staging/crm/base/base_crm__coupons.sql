with

source as {{ inlined() }} (

    {{ read_source("crm", "coupons") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("coupon_id") }} as coupon_id,
        {{ normalise_id("campaign_id") }} as campaign_id,
        {{ normalise_id("product_id") }} as product_id,
        {{ normalise_code("discount_type") }} as discount_type,
        cast({{ parse_money("discount_value") }} as decimal(18, 2)) as discount_value,
        cast({{ parse_money("min_spend") }} as decimal(18, 2)) as min_spend,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from source

),

judged as {{ inlined() }} (

    select
        *,
        case
            when
                {{ is_unreadable("discount_value") }}
                or {{ is_unreadable("min_spend") }}
                or {{ is_unreadable("loaded_at") }}
                then 'unreadable_value'
            when coupon_id is null or campaign_id is null then 'missing_key'
        end as fault
    from normalised

),

{{ settle("crm", "coupons") }}

select * from settled
