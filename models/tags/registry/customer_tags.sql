-- a view: the rows exist once already, and publishing copies them
-- no tag is handed out before its values are seen to lie in its domain
-- depends_on: {{ ref("int_registry__value_checks") }}

with

family_tags as (

    select * from {{ ref("int_registry__family_tags") }}

),

-- those of customers merged since are left out, as in family_tags
rule_tags as (

    select * from {{ ref("int_registry__rule_tags") }}
    where one_id in (select one_id from {{ ref("customers") }})

),

customer_tags as (

    select
        one_id,
        tag_code,
        tag_value,
        tag_score,
        as_of_date
    from family_tags
    union all
    select
        one_id,
        tag_code,
        tag_value,
        cast(null as double) as tag_score,
        as_of_date
    from rule_tags

)

select
    cast(one_id as string) as one_id,
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(tag_score as double) as tag_score,
    cast(as_of_date as date) as as_of_date
from customer_tags
