with

conditions as (

    select * from {{ ref("int_registry__rule_conditions") }}

)

select
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(input_tag as string) as input_tag,
    cast(operator as string) as operator,
    cast(operand as string) as operand,
    cast(layer as integer) as layer,
    cast(file_row as integer) as file_row,
    cast(is_live as boolean) as is_live
from conditions
