{#- Products of the master data and products that were sold without standing there. -#}
with

master_products as (

    select * from {{ ref("int_behaviour__products") }}

),

sold_products as (

    select
        product_id,
        min(ordered_date) as first_sold_date,
        max(ordered_date) as last_sold_date
    from {{ ref("int_behaviour__order_lines") }}
    where product_id is not null
    group by product_id

),

all_products as (

    select
        coalesce(master_products.product_id, sold_products.product_id) as product_id,
        master_products.product_name,
        master_products.brand,
        master_products.department,
        master_products.category,
        master_products.subcategory,
        master_products.colour,
        master_products.list_price,
        master_products.product_id is not null as is_known,
        master_products.launched_date,
        sold_products.first_sold_date,
        sold_products.last_sold_date
    from master_products
    full outer join sold_products
        on master_products.product_id = sold_products.product_id

)

select
    cast(product_id as string) as product_id,
    cast(product_name as string) as product_name,
    cast(brand as string) as brand,
    cast(department as string) as department,
    cast(category as string) as category,
    cast(subcategory as string) as subcategory,
    cast(colour as string) as colour,
    cast(list_price as decimal(18, 4)) as list_price,
    cast(is_known as boolean) as is_known,
    cast(launched_date as date) as launched_date,
    cast(first_sold_date as date) as first_sold_date,
    cast(last_sold_date as date) as last_sold_date
from all_products
