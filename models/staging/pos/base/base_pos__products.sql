with

source as {{ inlined() }} (

    {{ read_source("pos", "products") }}

),

normalised as {{ inlined() }} (

    select
        {{ normalise_id("product_id") }} as product_id,
        {{ normalise_name("product_name") }} as product_name,
        {{ normalise_name("brand") }} as brand,
        {{ normalise_name("department") }} as department,
        {{ normalise_name("category") }} as category,
        {{ normalise_name("subcategory") }} as subcategory,
        {{ normalise_name("colour") }} as colour,
        cast({{ parse_money("list_price") }} as decimal(18, 2)) as list_price,
        {{ parse_date("launched_on") }} as launched_on,
        {{ parse_timestamp_text("loaded_at") }} as loaded_at,
        is_repeated,
        raw_row
    from source

),

judged as {{ inlined() }} (

    select
        *,
        case
            when {{ is_unreadable("loaded_at") }} then 'unreadable_value'
            when product_id is null then 'missing_key'
        end as fault
    from normalised

),

{{ settle("pos", "products") }}

select * from settled
