{#-
    What last month looked like, for the stability index: appended to, never rebuilt. A date
    built again is written again only where a tag's counts differ; the later build counts.
-#}
{%- set kept_texts = 20 -%}
{{ config(materialized="incremental", incremental_strategy="append", full_refresh=false) }}

with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

-- a tag whose family was not built for this date is not looked at
of_another_date as (

    select distinct tag_code
    from {{ ref("int_history__tag_value_counts") }}
    where as_of_date <> (select as_of_date from as_of)

),

tags as (

    select catalogue.tag_code
    from {{ ref("int_registry__catalogue") }} as catalogue
    left join of_another_date on catalogue.tag_code = of_another_date.tag_code
    where catalogue.status = 'live' and of_another_date.tag_code is null

),

value_counts as (

    select value_counts.*
    from {{ ref("int_history__tag_value_counts") }} as value_counts
    inner join tags on value_counts.tag_code = tags.tag_code

),

customers as (

    select count(*) as customers from {{ ref("customers") }}

),

tag_log as (

    {% if is_incremental() -%}
    select *
    from {{ this }}
    where as_of_date = (select as_of_date from as_of)
    {%- else -%}
        select
            cast(null as string) as tag_code,
            cast(null as string) as bin_kind,
            cast(null as string) as bin_value,
            cast(null as integer) as bin_position,
            cast(null as bigint) as customers,
            cast(null as bigint) as build_number,
            cast(null as date) as as_of_date
        where false
    {%- endif %}

),

ranked as (

    select
        *,
        row_number() over (
            partition by tag_code order by customers desc, tag_value asc
        ) as popularity
    from value_counts

),

named as (

    select
        tag_code,
        case
            when bin_position is not null then 'range'
            when value_type = 'text' and popularity > {{ kept_texts }} then 'rest'
            else 'value'
        end as bin_kind,
        case
            when bin_position is null and (value_type <> 'text' or popularity <= {{ kept_texts }})
                then tag_value
        end as bin_value,
        bin_position,
        customers
    from ranked

),

with_value as (

    select
        tags.tag_code,
        coalesce(sum(value_counts.customers), 0) as customers
    from tags
    left join value_counts on tags.tag_code = value_counts.tag_code
    group by tags.tag_code

),

bins as (

    select
        tag_code,
        bin_kind,
        bin_value,
        bin_position,
        sum(customers) as customers
    from named
    group by tag_code, bin_kind, bin_value, bin_position
    union all
    select
        with_value.tag_code,
        'none' as bin_kind,
        cast(null as string) as bin_value,
        cast(null as integer) as bin_position,
        greatest(customers.customers - with_value.customers, 0) as customers
    from with_value
    cross join customers

),

last_builds as (

    select
        tag_code,
        max(build_number) as build_number
    from tag_log
    group by tag_code

),

said as (

    select tag_log.*
    from tag_log
    inner join last_builds
        on
            tag_log.tag_code = last_builds.tag_code
            and tag_log.build_number = last_builds.build_number

),

-- equal where every bin meets one of the same count
differing_tags as (

    select tag_code
    from (
        select tag_code, bin_kind, bin_value, bin_position, customers, 1 as side from bins
        union all
        select tag_code, bin_kind, bin_value, bin_position, customers, -1 as side from said
    ) as both_sides
    group by tag_code, bin_kind, bin_value, bin_position, customers
    having sum(side) <> 0

)

select
    cast(bins.tag_code as string) as tag_code,
    cast(bins.bin_kind as string) as bin_kind,
    cast(bins.bin_value as string) as bin_value,
    cast(bins.bin_position as integer) as bin_position,
    cast(bins.customers as bigint) as customers,
    cast(coalesce(last_builds.build_number, 0) + 1 as bigint) as build_number,
    cast(as_of.as_of_date as date) as as_of_date
from bins
cross join as_of
left join last_builds on bins.tag_code = last_builds.tag_code
where bins.tag_code in (select tag_code from differing_tags)
