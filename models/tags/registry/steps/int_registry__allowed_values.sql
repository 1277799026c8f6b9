{%- set row = "'seed tag_values, row ' || cast(file_row as string) || ' (' "
    ~ "|| coalesce(tag_code, '(empty)') || ' ' || coalesce(tag_value, '(empty)') || '): " -%}

with

catalogue as (

    select * from {{ ref("int_registry__catalogue") }}

),

tag_values as (

    select
        *,
        {{ file_row() }} as file_row
    from {{ ref("tag_values") }}

),

rfm_segments as (

    select
        *,
        {{ file_row() }} as file_row
    from {{ ref("rfm_segments") }}

),

-- what `domain` of a code may name; the list stands in macro value_sets
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

checked as (

    select
        case
            when tag_code is null or tag_code not in (select tag_code from catalogue)
                then {{ stop_build(row ~ "no such tag in seed tag_catalogue'") }}
            when
                tag_code in (
                    select tag_code from catalogue
                    where value_type <> 'code'
                )
                then {{ stop_build(row ~ "only a tag of value_type code has values here'") }}
            when
                tag_code in (
                    select tag_code from catalogue
                    where domain is not null
                )
                then {{ stop_build(
                    row ~ "the tag takes its values from the seed that domain names'"
                ) }}
            when tag_value is null or tag_value like '%|%'
                then {{ stop_build(row ~ "tag_value must be given and hold no |'") }}
            when count(*) over (partition by tag_code, tag_value) > 1
                then {{ stop_build(row ~ "the value stands there twice'") }}
            when name_en is null or name_zh is null
                then {{ stop_build(row ~ "name_en and name_zh must be given'") }}
            when
                count(*) over (partition by tag_code, lower(name_en)) > 1
                or count(*) over (partition by tag_code, name_zh) > 1
                then {{ stop_build(row ~ "two values of the tag have this name'") }}
            else tag_code
        end as tag_code,
        tag_value,
        position as value_position,
        name_en,
        name_zh
    from tag_values

),

given as (

    select
        tag_code,
        tag_value,
        value_position,
        name_en,
        name_zh
    from checked
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

),

-- from the catalogue, so that a code without any value is noticed
allowed_values as (

    select
        catalogue.tag_code,
        given.name_en,
        given.name_zh,
        given.value_position,
        coalesce(
            given.tag_value,
            {{ stop_build(
                "'seed tag_catalogue, tag ' || catalogue.tag_code || ': a code without values; "
                ~ "add rows to seed tag_values or name one of these as domain: "
                ~ value_sets() | join(", ") ~ "'"
            ) }}
        ) as tag_value
    from catalogue
    left join given on catalogue.tag_code = given.tag_code
    where catalogue.value_type in ('code', 'flag') and catalogue.status <> 'retired'

)

select
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(name_en as string) as name_en,
    cast(name_zh as string) as name_zh,
    cast(value_position as integer) as value_position
from allowed_values
