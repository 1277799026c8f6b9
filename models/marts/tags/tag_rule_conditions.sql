with

conditions as (

    select * from {{ ref("int_tags__rule_conditions") }}

)

select
    cast(tag_code as varchar) as tag_code,
    cast(tag_value as varchar) as tag_value,
    cast(input_tag as varchar) as input_tag,
    cast(operator as varchar) as operator,
    cast(operand as varchar) as operand,
    cast(layer as integer) as layer,
    cast(file_row as integer) as file_row,
    cast(is_live as boolean) as is_live
from conditions
