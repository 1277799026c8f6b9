with

catalogue as (

    select * from {{ ref("int_registry__catalogue") }}

),

-- a spreadsheet leaves blanks around what was typed
seed_rows as (

    select
        {{ file_row() }} as file_row,
        position as layer,
        trim(tag_code) as tag_code,
        trim(tag_value) as tag_value,
        nullif(trim(input_tag), '') as input_tag,
        lower(nullif(trim(operator), '')) as operator,
        nullif(trim(operand), '') as operand
    from {{ ref("rule_tags") }}

),

-- an operand is read once, by the kind of the tag it is compared with
conditions as (

    select
        seed_rows.*,
        tags.status = 'live' as is_live,
        count(*) over (partition by seed_rows.tag_code, seed_rows.layer) as layer_conditions,
        case
            when inputs.value_type in ('number', 'amount') then 'number'
            when inputs.value_type = 'date' then 'date'
            when inputs.value_type is not null then 'text'
        end as comparison,
        case
            when seed_rows.operator = 'between' then trim(split_part(seed_rows.operand, '..', 1))
            else seed_rows.operand
        end as operand_from,
        case
            when seed_rows.operator = 'between' then trim(split_part(seed_rows.operand, '..', 2))
        end as operand_to,
        -- |a|b|, so that a value is looked up between two bars
        case
            when seed_rows.operator in ('in', 'not_in')
                then '|' || {{ regex_replace_all("seed_rows.operand", "\\s*[|]\\s*", "|") }} || '|'
        end as operand_list
    from seed_rows
    inner join catalogue as tags on seed_rows.tag_code = tags.tag_code
    left join catalogue as inputs on seed_rows.input_tag = inputs.tag_code

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
    cast(is_live as boolean) as is_live,
    cast(case when comparison = 'date' then try_cast(operand_from as date) end as date)
        as date_from,
    cast(case when comparison = 'date' then try_cast(operand_to as date) end as date)
        as date_to
from conditions
