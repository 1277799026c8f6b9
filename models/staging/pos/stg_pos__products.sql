with

source as {{ inlined() }} (

    {{ read_source("pos", "products") }}

),

normalised as (

    select
        {{ function("normalise_id") }}(product_id) as product_id,
        {{ function("normalise_name") }}(product_name) as product_name,
        {{ function("normalise_name") }}(brand) as brand,
        {{ function("normalise_name") }}(department) as department,
        {{ function("normalise_name") }}(category) as category,
        {{ function("normalise_name") }}(subcategory) as subcategory,
        {{ function("normalise_name") }}(colour) as colour,
        cast({{ function("parse_money") }}(list_price) as decimal(18, 4)) as list_price,
        {{ function("parse_date") }}(launched_on) as launched_date,
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
                {{ function("is_unreadable") }}(loaded_at, raw_row.loaded_at)
                then 'unreadable_value'
            when {{ function("has_lost_digits") }}(raw_row.product_id) then 'lost_digits'
            when
                product_id is null
                then 'missing_key'
        end as fault
    from normalised

),

{{ deduplicate("pos", "products") }}

select * from deduplicated
