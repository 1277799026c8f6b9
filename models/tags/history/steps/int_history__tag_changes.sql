{#-
    The append-only log of tags: never rebuilt, kept on --full-refresh. An
    entry says what a tag was from a built date on, until a later entry says otherwise.
    Whatever the order in which dates are built, three things hold it together:
    an entry is written where a build says something else than the log; the next date that
    is already built keeps, by an entry of its own, what the log said of it; of two entries
    for one date the later build counts.
-#}
{{ config(materialized="incremental", incremental_strategy="append", full_refresh=false) }}

with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

catalogue as (

    select tag_code
    from {{ ref("int_registry__catalogue") }}
    where status = 'live' and has_history

),

customer_tags as (

    select
        one_id,
        tag_code,
        nullif(tag_value, '') as tag_value,
        as_of_date
    from {{ ref("customer_tags") }}

),

tag_log as (

    {% if is_incremental() -%}
    select * from {{ this }}
    {%- else -%}
        select
            cast(null as string) as one_id,
            cast(null as string) as tag_code,
            cast(null as string) as entry_kind,
            cast(null as string) as tag_value,
            cast(null as bigint) as build_number,
            cast(null as date) as as_of_date
        where false
    {%- endif %}

),

-- a tag whose family was not built for this date is not looked at
of_another_date as (

    select distinct tag_code
    from customer_tags
    where as_of_date <> (select as_of_date from as_of)

),

built_dates as (

    select tag_code, as_of_date
    from tag_log
    where entry_kind = 'built'

),

tags as (

    select
        catalogue.tag_code,
        as_of.as_of_date,
        min(
            case when built_dates.as_of_date > as_of.as_of_date then built_dates.as_of_date end
        ) as next_built_date,
        max(
            case when built_dates.as_of_date = as_of.as_of_date then 1 else 0 end
        ) = 1 as is_built_before
    from catalogue
    cross join as_of
    left join of_another_date on catalogue.tag_code = of_another_date.tag_code
    left join built_dates on catalogue.tag_code = built_dates.tag_code
    where of_another_date.tag_code is null
    group by catalogue.tag_code, as_of.as_of_date

),

-- what the log says up to the date and on the next built one, and what is so now
statements as (

    select
        tag_log.one_id,
        tag_log.tag_code,
        coalesce(tag_log.tag_value, '') as said_value,
        cast(null as string) as new_value,
        case
            when tag_log.as_of_date <= tags.as_of_date
                then
                    {{ days_between("date '2000-01-01'", "tag_log.as_of_date") }}
                    * cast(1000000 as bigint) + tag_log.build_number
        end as place,
        case when tag_log.as_of_date > tags.as_of_date then 1 else 0 end as is_on_next_date
    from tag_log
    inner join tags
        on
            tag_log.tag_code = tags.tag_code
            and (
                tag_log.as_of_date <= tags.as_of_date
                or tag_log.as_of_date = tags.next_built_date
            )
    where tag_log.entry_kind <> 'built'
    union all
    select
        customer_tags.one_id,
        customer_tags.tag_code,
        cast(null as string) as said_value,
        customer_tags.tag_value as new_value,
        cast(null as bigint) as place,
        0 as is_on_next_date
    from customer_tags
    inner join tags on customer_tags.tag_code = tags.tag_code

),

compared as (

    select
        one_id,
        tag_code,
        -- '' is no value: max_by passes over NULLs on DuckDB and not on Spark
        nullif(max_by(said_value, place) filter (where place is not null), '') as said_value,
        max(new_value) as new_value,
        max(is_on_next_date) as is_on_next_date
    from statements
    group by one_id, tag_code

),

changed as (

    select
        compared.one_id,
        compared.tag_code,
        compared.said_value,
        compared.new_value,
        compared.is_on_next_date,
        tags.as_of_date,
        tags.next_built_date
    from compared
    inner join tags on compared.tag_code = tags.tag_code
    where coalesce(compared.said_value, '') <> coalesce(compared.new_value, '')

),

entries as (

    select
        one_id,
        tag_code,
        'changed' as entry_kind,
        new_value as tag_value,
        as_of_date
    from changed
    union all
    select
        one_id,
        tag_code,
        'kept' as entry_kind,
        said_value as tag_value,
        next_built_date as as_of_date
    from changed
    where next_built_date is not null and is_on_next_date = 0
    union all
    select
        cast(null as string) as one_id,
        tag_code,
        'built' as entry_kind,
        cast(null as string) as tag_value,
        as_of_date
    from tags
    where not is_built_before

),

this_build as (

    select coalesce(max(build_number), 0) + 1 as build_number from tag_log

)

select
    cast(entries.one_id as string) as one_id,
    cast(entries.tag_code as string) as tag_code,
    cast(entries.entry_kind as string) as entry_kind,
    cast(entries.tag_value as string) as tag_value,
    cast(this_build.build_number as bigint) as build_number,
    cast(entries.as_of_date as date) as as_of_date
from entries
cross join this_build
