with

catalogue as (

    select * from {{ ref("int_registry__catalogue") }}

),

rfm_segments as (

    select
        *,
        {{ file_row() }} as file_row
    from {{ ref("rfm_segments") }}

),

-- what `domain` of a code may name; the list is in src/one360/rules/registry.py
value_sets as (

    select
        'rfm_segments' as value_set,
        segment_code as tag_value,
        file_row - 1 as value_position,
        name_en,
        name_zh
    from rfm_segments
    union all
    select
        'nes_states' as value_set,
        state_code as tag_value,
        position as value_position,
        name_en,
        name_zh
    from {{ ref("nes_states") }}
    union all
    select
        'loyalty_levels' as value_set,
        level_code as tag_value,
        position as value_position,
        name_en,
        name_zh
    from {{ ref("loyalty_levels") }}
    union all
    select
        'activity_levels' as value_set,
        level_code as tag_value,
        position as value_position,
        name_en,
        name_zh
    from {{ ref("activity_levels") }}
    union all
    select
        'member_value_tiers' as value_set,
        level_code as tag_value,
        position as value_position,
        name_en,
        name_zh
    from {{ ref("member_value_tiers") }}
    union all
    select
        'member_value_actions' as value_set,
        action_code as tag_value,
        cast(row_number() over (order by effort_per_unit desc, action_code asc) as integer)
            as value_position,
        name_en,
        name_zh
    from {{ ref("member_value_actions") }}
    union all
    select
        'age_bands' as value_set,
        band_code as tag_value,
        cast(row_number() over (order by age_from) as integer) as value_position,
        name_en,
        name_zh
    from {{ ref("age_bands") }}

),

given as (

    select
        tag_code,
        tag_value,
        position as value_position,
        name_en,
        name_zh
    from {{ ref("tag_values") }}
    union all
    select
        catalogue.tag_code,
        value_sets.tag_value,
        value_sets.value_position,
        value_sets.name_en,
        value_sets.name_zh
    from catalogue
    inner join value_sets on catalogue.domain = value_sets.value_set
    union all
    select
        tag_code,
        'true' as tag_value,
        1 as value_position,
        'Yes' as name_en,
        '是' as name_zh
    from catalogue
    where value_type = 'flag'
    union all
    select
        tag_code,
        'false' as tag_value,
        2 as value_position,
        'No' as name_en,
        '否' as name_zh
    from catalogue
    where value_type = 'flag'

)

select
    cast(given.tag_code as string) as tag_code,
    cast(given.tag_value as string) as tag_value,
    cast(given.name_en as string) as name_en,
    cast(given.name_zh as string) as name_zh,
    cast(given.value_position as integer) as value_position
from given
inner join catalogue on given.tag_code = catalogue.tag_code
where catalogue.status <> 'retired'
