-- a view: the rows exist once already, and publishing copies them
with

rule_tags as (

    select * from {{ ref("int_registry__rule_tags") }}

)

select
    cast(one_id as string) as one_id,
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(layer as integer) as layer,
    cast(as_of_date as date) as as_of_date
from rule_tags
