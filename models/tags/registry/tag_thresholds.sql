{#- One line per family that has thresholds found in the data or written in a seed. -#}
{%- set family_thresholds = [
    ref("int_rfm__thresholds"),
    ref("int_nes__thresholds"),
    ref("int_loyalty__thresholds"),
    ref("int_activity__thresholds"),
    ref("int_channel__thresholds"),
    ref("int_demographics__thresholds"),
    ref("int_interest__thresholds"),
    ref("int_lifecycle__thresholds"),
    ref("int_member_value__thresholds"),
    ref("int_moments__thresholds"),
    ref("int_preferences__thresholds"),
    ref("int_price__thresholds"),
] -%}

with

catalogue as (

    select * from {{ ref("int_registry__catalogue") }}

),

conditions as (

    select * from {{ ref("int_registry__rule_conditions") }}

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
