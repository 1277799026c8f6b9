with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

tag_log as (

    select *
    from {{ ref("int_history__tag_changes") }}
    where as_of_date <= (select as_of_date from as_of)

),

catalogue as (

    select tag_code
    from {{ ref("int_registry__catalogue") }}
    where status = 'live' and has_history

),

-- most tags of most customers have one entry; only the others need putting in order
tag_entries as (

    select
        one_id,
        tag_code,
        count(*) as entries,
        min(coalesce(tag_value, '')) as tag_value,
        min(as_of_date) as as_of_date
    from tag_log
    where entry_kind <> 'built'
    group by one_id, tag_code

),

-- of two builds of a date the later counts; '' is no value
dated_values as (

    select
        tag_log.one_id,
        tag_log.tag_code,
        tag_log.as_of_date,
        max_by(coalesce(tag_log.tag_value, ''), tag_log.build_number) as tag_value
    from tag_log
    inner join tag_entries
        on
            tag_log.one_id = tag_entries.one_id
            and tag_log.tag_code = tag_entries.tag_code
            and tag_entries.entries > 1
    where tag_log.entry_kind <> 'built'
    group by tag_log.one_id, tag_log.tag_code, tag_log.as_of_date

),

compared as (

    select
        one_id,
        tag_code,
        tag_value,
        as_of_date,
        lag(tag_value) over (
            partition by one_id, tag_code order by as_of_date
        ) as value_before
    from dated_values

),

periods as (

    select
        one_id,
        tag_code,
        tag_value,
        as_of_date as valid_from,
        lead(as_of_date) over (
            partition by one_id, tag_code order by as_of_date
        ) as valid_to
    from compared
    where tag_value <> coalesce(value_before, '')
    union all
    select
        one_id,
        tag_code,
        tag_value,
        as_of_date as valid_from,
        cast(null as date) as valid_to
    from tag_entries
    where entries = 1

),

-- a tag that is no longer kept ends on the first date built without it
last_built as (

    select
        tag_log.tag_code,
        max(tag_log.as_of_date) as as_of_date
    from tag_log
    left join catalogue on tag_log.tag_code = catalogue.tag_code
    where tag_log.entry_kind = 'built' and catalogue.tag_code is null
    group by tag_log.tag_code

),

ended as (

    select
        last_built.tag_code,
        min(tag_log.as_of_date) as ended_date
    from last_built
    inner join tag_log on last_built.as_of_date < tag_log.as_of_date
    where tag_log.entry_kind = 'built'
    group by last_built.tag_code

),

customer_tag_history as (

    select
        periods.one_id,
        periods.tag_code,
        periods.tag_value,
        periods.valid_from,
        coalesce(periods.valid_to, ended.ended_date) as valid_to
    from periods
    left join ended on periods.tag_code = ended.tag_code
    where periods.tag_value <> ''

)

select
    cast(one_id as string) as one_id,
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to
from customer_tag_history
