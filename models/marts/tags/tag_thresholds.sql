{#- One line per family that has thresholds found in the data or written in a seed. -#}
{%- set family_thresholds = [
    ref("int_tags__rfm_thresholds"),
    ref("int_tags__nes_thresholds"),
    ref("int_tags__loyalty_thresholds"),
    ref("int_tags__activity_thresholds"),
    ref("int_tags__channel_thresholds"),
    ref("int_tags__demographics_thresholds"),
    ref("int_tags__interest_thresholds"),
    ref("int_tags__lifecycle_thresholds"),
    ref("int_tags__member_value_thresholds"),
    ref("int_tags__moments_thresholds"),
    ref("int_tags__preferences_thresholds"),
    ref("int_tags__price_thresholds"),
] -%}

with

catalogue as (

    select * from {{ ref("int_tags__catalogue") }}

),

conditions as (

    select * from {{ ref("int_tags__rule_conditions") }}

),

-- the variables of the project with the value of this build
variables as (

    {% for name in setting_rules() -%}
        {%- set value = var(name) -%}
        {%- set shown = value if value is string else value | tojson -%}
        select
            '{{ name }}' as variable_name,
            '{{ shown | replace("'", "''") }}' as variable_value
        {{ "union all" if not loop.last }}
    {% endfor %}

),

thresholds as (

    {% for relation in family_thresholds -%}
        select
            tag_code,
            threshold_code,
            threshold_value,
            origin
        from {{ relation }}
        union all
    {% endfor -%}
    select
        catalogue.tag_code,
        variables.variable_name as threshold_code,
        variables.variable_value as threshold_value,
        'variable' as origin
    from catalogue
    inner join variables
        on instr(' ' || catalogue.settings || ' ', ' ' || variables.variable_name || ' ') > 0
    union all
    select
        tag_code,
        'layer ' || cast(layer as string) || ' row ' || cast(file_row as string)
            as threshold_code,
        coalesce(
            input_tag || ' ' || operator || coalesce(' ' || operand, ''), 'everybody else'
        ) as threshold_value,
        'rule' as origin
    from conditions

)

select
    cast(tag_code as string) as tag_code,
    cast(threshold_code as string) as threshold_code,
    cast(threshold_value as string) as threshold_value,
    cast(origin as string) as origin
from thresholds
where tag_code in (select tag_code from catalogue)
