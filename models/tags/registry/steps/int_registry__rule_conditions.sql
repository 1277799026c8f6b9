with

catalogue as (

    select * from {{ ref("int_registry__catalogue") }}

),

allowed_values as (

    select * from {{ ref("int_registry__allowed_values") }}

),

-- a spreadsheet leaves blanks around what was typed
seed_rows as (

    select
        {{ file_row() }} as file_row,
        nullif(trim(tag_code), '') as tag_code,
        nullif(trim(position), '') as layer_text,
        try_cast(nullif(trim(position), '') as integer) as layer,
        nullif(trim(tag_value), '') as tag_value,
        nullif(trim(input_tag), '') as input_tag,
        lower(nullif(trim(operator), '')) as operator,
        nullif(trim(operand), '') as operand
    from {{ ref("rule_tags") }}

),

-- what the columns accept, for the lines that say so
allowed as (

    select
        {{ string_list("case when model_name = 'rule_tags' then tag_code end", ", ", "tag_code") }}
            as rule_tags,
        {{ string_list(
            "case when model_name <> 'rule_tags' and status = 'live' then tag_code end", ", ", "tag_code"
        ) }} as input_tags
    from catalogue

),

value_lists as (

    select
        tag_code,
        {{ string_list("tag_value", ", ", "value_position") }} as tag_values
    from allowed_values
    group by tag_code

),

-- an operand is read once, by the kind of the tag it is compared with
conditions as (

    select
        seed_rows.*,
        tags.model_name as tag_model,
        tags.status as tag_status,
        inputs.model_name as input_model,
        inputs.status as input_status,
        inputs.value_type as input_type,
        case when inputs.value_type = 'amount' then 'an ' else 'a ' end || inputs.value_type
            as input_kind,
        own_values.tag_values as own_values,
        input_values.tag_values as input_values,
        allowed.rule_tags as allowed_tags,
        allowed.input_tags as allowed_inputs,
        case
            when inputs.value_type in ('number', 'amount') then 'number'
            when inputs.value_type = 'date' then 'date'
            when inputs.value_type is not null then 'text'
        end as comparison,
        case
            when seed_rows.operator = 'between'
                then nullif(trim(split_part(seed_rows.operand, '..', 1)), '')
            else seed_rows.operand
        end as operand_from,
        case
            when seed_rows.operator = 'between'
                then nullif(trim(split_part(seed_rows.operand, '..', 2)), '')
        end as operand_to,
        -- |a|b|, so that a value is looked up between two bars
        case
            when seed_rows.operator in ('in', 'not_in')
                then '|' || {{ regex_replace_all("seed_rows.operand", "\\s*[|]\\s*", "|") }} || '|'
        end as operand_list
    from seed_rows
    left join catalogue as tags on seed_rows.tag_code = tags.tag_code
    left join catalogue as inputs on seed_rows.input_tag = inputs.tag_code
    left join value_lists as own_values on seed_rows.tag_code = own_values.tag_code
    left join value_lists as input_values on seed_rows.input_tag = input_values.tag_code
    cross join allowed

),

-- values of a list one by one, to look each up
list_items as (

    {{ split_rows("conditions", "file_row", "operand_list", "|") }}

),

unknown_items as (

    select
        conditions.file_row,
        min(list_items.item) as unknown_item
    from conditions
    inner join list_items on conditions.file_row = list_items.file_row
    left join allowed_values
        on
            conditions.input_tag = allowed_values.tag_code
            and list_items.item = allowed_values.tag_value
    where
        conditions.input_type in ('code', 'flag')
        and list_items.item <> ''
        and allowed_values.tag_value is null
    group by conditions.file_row

),

counted as (

    select
        conditions.*,
        unknown_items.unknown_item,
        count(*) over (partition by conditions.tag_code, conditions.layer) as layer_conditions,
        min(conditions.tag_value) over (partition by conditions.tag_code, conditions.layer)
            as first_value,
        max(conditions.tag_value) over (partition by conditions.tag_code, conditions.layer)
            as last_value,
        max(conditions.layer) over (partition by conditions.tag_code) as last_layer,
        count(*) over (
            partition by
                conditions.tag_code, conditions.layer, conditions.input_tag, conditions.operator,
                conditions.operand
        ) as equal_conditions
    from conditions
    left join unknown_items on conditions.file_row = unknown_items.file_row

),

rule_conditions as (

    select
        *,
        {{ rule_condition_check() }} as is_checked
    from counted

)

select
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(input_tag as string) as input_tag,
    cast(operator as string) as operator,
    cast(operand as string) as operand,
    cast(comparison as string) as comparison,
    cast(operand_list as string) as operand_list,
    cast(layer as integer) as layer,
    cast(file_row as integer) as file_row,
    cast(layer_conditions as integer) as layer_conditions,
    cast(case when comparison = 'number' then try_cast(operand_from as double) end as double)
        as number_from,
    cast(case when comparison = 'number' then try_cast(operand_to as double) end as double)
        as number_to,
    cast(is_checked and tag_status = 'live' as boolean) as is_live,
    cast(case when comparison = 'date' then try_cast(operand_from as date) end as date)
        as date_from,
    cast(case when comparison = 'date' then try_cast(operand_to as date) end as date)
        as date_to
from rule_conditions
