with

products as (

    select
        'pos' as source_system,
        product_id,
        product_name,
        brand,
        department,
        category,
        subcategory,
        colour,
        list_price,
        launched_date,
        loaded_at
    from {{ ref("stg_pos__products") }}
    where reject_reason is null and not is_exact_duplicate

)

select
    cast(source_system as string) as source_system,
    cast(product_id as string) as product_id,
    cast(product_name as string) as product_name,
    cast(brand as string) as brand,
    cast(department as string) as department,
    cast(category as string) as category,
    cast(subcategory as string) as subcategory,
    cast(colour as string) as colour,
    cast(list_price as decimal(18, 4)) as list_price,
    cast(launched_date as date) as launched_date,
    cast(loaded_at as timestamp) as loaded_at
from products
