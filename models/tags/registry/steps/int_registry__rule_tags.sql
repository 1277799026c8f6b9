with

as_of as (

    select * from {{ ref("int_behaviour__as_of") }}

),

customers as (

    select one_id from {{ ref("customers") }}

),

conditions as (

    select * from {{ ref("int_registry__rule_conditions") }}
    where is_live

),

inputs as (

    select
        one_id,
        tag_code,
        tag_value
    from {{ ref("int_registry__family_tags") }}
    where tag_code in (select input_tag from conditions)

),

missing_conditions as (

    select * from conditions
    where operator = 'is_missing'

),

else_layers as (

    select * from conditions
    where input_tag is null

),

-- one row per customer × condition that holds
met as (

    select
        inputs.one_id,
        conditions.tag_code,
        conditions.layer,
        conditions.layer_conditions,
        conditions.tag_value
    from inputs
    inner join conditions on inputs.tag_code = conditions.input_tag
    where {{ meets_condition("inputs", "conditions") }}
    union all
    select
        customers.one_id,
        missing_conditions.tag_code,
        missing_conditions.layer,
        missing_conditions.layer_conditions,
        missing_conditions.tag_value
    from customers
    cross join missing_conditions
    left join inputs
        on
            customers.one_id = inputs.one_id
            and missing_conditions.input_tag = inputs.tag_code
    where inputs.one_id is null
    union all
    select
        customers.one_id,
        else_layers.tag_code,
        else_layers.layer,
        else_layers.layer_conditions,
        else_layers.tag_value
    from customers
    cross join else_layers

),

layers_met as (

    select
        one_id,
        tag_code,
        layer,
        max(tag_value) as tag_value
    from met
    group by one_id, tag_code, layer
    having count(*) = max(layer_conditions)

),

-- the first layer that holds wins
rule_tags as (

    select
        one_id,
        tag_code,
        min(layer) as layer,
        min_by(tag_value, layer) as tag_value
    from layers_met
    group by one_id, tag_code

)

select
    cast(rule_tags.one_id as string) as one_id,
    cast(rule_tags.tag_code as string) as tag_code,
    cast(rule_tags.tag_value as string) as tag_value,
    cast(rule_tags.layer as integer) as layer,
    cast(as_of.as_of_date as date) as as_of_date
from rule_tags
cross join as_of
