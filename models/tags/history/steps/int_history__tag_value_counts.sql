with

catalogue as (

    select tag_code, value_type
    from {{ ref("int_registry__catalogue") }}
    where status = 'live'

),

counts as (

    select
        tag_code,
        tag_value,
        as_of_date,
        count(*) as customers
    from {{ ref("customer_tags") }}
    group by tag_code, tag_value, as_of_date

),

-- a number's bin does not depend on the data, so that two dates can be compared;
-- a date counts by the days since then
placed as (

    select
        counts.tag_code,
        counts.tag_value,
        catalogue.value_type,
        case
            when catalogue.value_type in ('number', 'amount')
                then {{ log_bin("try_cast(counts.tag_value as double)") }}
            when catalogue.value_type = 'date'
                then {{ log_bin(days_between(
                    "try_cast(counts.tag_value as date)", "counts.as_of_date"
                )) }}
        end as bin_position,
        counts.customers,
        counts.as_of_date
    from counts
    inner join catalogue on counts.tag_code = catalogue.tag_code

)

select
    cast(tag_code as string) as tag_code,
    cast(tag_value as string) as tag_value,
    cast(value_type as string) as value_type,
    cast(bin_position as integer) as bin_position,
    cast(customers as bigint) as customers,
    cast(as_of_date as date) as as_of_date
from placed
