-- the seed has the name tag_values in the project; readers find all values in schema tags
{{ config(alias="tag_values") }}

with

allowed_values as (

    select * from {{ ref("int_registry__allowed_values") }}

)

select
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(name_en as string) as name_en,
    cast(name_zh as string) as name_zh,
    cast(value_position as integer) as value_position
from allowed_values
