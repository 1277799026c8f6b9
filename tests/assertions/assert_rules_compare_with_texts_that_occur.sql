-- A warning: a rule that compares a text with a value that no customer has is likely mistyped.
-- The values of codes and flags are known when dbt starts.
{{ config(severity="warn", group="tags") }}
with

conditions as (

    select
        conditions.file_row,
        conditions.input_tag,
        conditions.operator,
        conditions.operand,
        conditions.operand_list
    from {{ ref("int_registry__rule_conditions") }} as conditions
    inner join {{ ref("int_registry__catalogue") }} as catalogue
        on conditions.input_tag = catalogue.tag_code
    where conditions.is_live and catalogue.value_type = 'text'

),

compared as (

    select
        file_row,
        operand as item
    from conditions
    where operator in ('=', '<>')
    union all
    {{ split_rows("conditions", "file_row", "operand_list", "|") }}

)

select
    conditions.file_row,
    conditions.input_tag,
    compared.item
from compared
inner join conditions on compared.file_row = conditions.file_row
left join {{ ref("int_registry__family_tags") }} as family_tags
    on
        conditions.input_tag = family_tags.tag_code
        and compared.item = family_tags.tag_value
where compared.item <> '' and family_tags.tag_code is null
