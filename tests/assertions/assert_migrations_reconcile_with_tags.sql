{{ config(severity="warn") }}
-- The customers that migrated to a value are the customers that have it, whatever the
-- earlier date; a tag of another date is not looked at.
with

migrated as (

    select
        tag_code,
        to_value as tag_value,
        from_date,
        sum(customers) as customers
    from {{ ref("tag_migrations") }}
    where to_value <> '(none)'
    group by tag_code, to_value, from_date

),

from_dates as (

    select distinct
        tag_code,
        from_date
    from {{ ref("tag_migrations") }}

),

held as (

    select
        customer_tags.tag_code,
        customer_tags.tag_value,
        from_dates.from_date,
        count(*) as customers
    from {{ ref("customer_tags") }} as customer_tags
    inner join from_dates on customer_tags.tag_code = from_dates.tag_code
    group by customer_tags.tag_code, customer_tags.tag_value, from_dates.from_date

)

select
    coalesce(migrated.tag_code, held.tag_code) as tag_code,
    coalesce(migrated.tag_value, held.tag_value) as tag_value,
    coalesce(migrated.from_date, held.from_date) as from_date,
    migrated.customers as migrated_customers,
    held.customers as held_customers
from migrated
full outer join held
    on
        migrated.tag_code = held.tag_code
        and migrated.tag_value = held.tag_value
        and migrated.from_date = held.from_date
where coalesce(migrated.customers, 0) <> coalesce(held.customers, 0)
