{#- Of a product that several systems know, what the most trusted one says. -#}
{{ change_log.all_keys(["product_id"]) }}
with

products as (

    {{ of_most_trusted_system(ref("input_products"), "product_id") }}

)

select
    cast(product_id as string) as product_id,
    cast(product_name as string) as product_name,
    cast(brand as string) as brand,
    cast(department as string) as department,
    cast(category as string) as category,
    cast(subcategory as string) as subcategory,
    cast(colour as string) as colour,
    cast(source_system as string) as source_system,
    cast(list_price as decimal(18, 4)) as list_price,
    cast(launched_date as date) as launched_date
from products
