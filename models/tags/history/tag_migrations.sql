with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

built_dates as (

    select tag_code, as_of_date
    from {{ ref("int_history__tag_changes") }}
    where
        entry_kind = 'built'
        and as_of_date <= (select as_of_date from as_of)

),

history as (

    select * from {{ ref("customer_tag_history") }}

),

tags as (

    select
        built_dates.tag_code,
        as_of.as_of_date as to_date
    from built_dates
    inner join as_of on built_dates.as_of_date = as_of.as_of_date

),

-- union, not union all: two of them may fall on one date
periods as (

    select
        tags.tag_code,
        max(built_dates.as_of_date) as from_date,
        tags.to_date
    from tags
    inner join built_dates
        on
            tags.tag_code = built_dates.tag_code
            and tags.to_date > built_dates.as_of_date
    group by tags.tag_code, tags.to_date
    {% for days in var("tag_migration_days") -%}
        union distinct
        select
            tags.tag_code,
            max(built_dates.as_of_date) as from_date,
            tags.to_date
        from tags
        inner join built_dates
            on
                tags.tag_code = built_dates.tag_code
                and {{ add_days("tags.to_date", -days) }} >= built_dates.as_of_date
        group by tags.tag_code, tags.to_date
    {% endfor %}

),

validity_periods as {{ inlined() }} (

    select
        history.one_id,
        history.tag_code,
        history.tag_value,
        periods.from_date,
        periods.to_date,
        history.valid_from <= periods.from_date as holds_at_start,
        coalesce(history.valid_to > periods.to_date, true) as holds_at_end
    from history
    inner join periods
        on
            history.tag_code = periods.tag_code
            and history.valid_from <= periods.to_date
            and coalesce(history.valid_to > periods.from_date, true)

),

-- most customers stay what they are, and need no look at who they are
stayed as (

    select
        tag_code,
        from_date,
        to_date,
        tag_value as from_value,
        tag_value as to_value,
        count(*) as customers
    from validity_periods
    where holds_at_start and holds_at_end
    group by tag_code, from_date, to_date, tag_value

),

-- (none) is no value: a tag may have none for a value, as intent_level has
moves as (

    select
        one_id,
        tag_code,
        from_date,
        to_date,
        coalesce(max(case when holds_at_start then tag_value end), '(none)') as from_value,
        coalesce(max(case when holds_at_end then tag_value end), '(none)') as to_value
    from validity_periods
    where holds_at_start <> holds_at_end
    group by one_id, tag_code, from_date, to_date

),

moved as (

    select
        tag_code,
        from_date,
        to_date,
        from_value,
        to_value,
        count(*) as customers
    from moves
    group by tag_code, from_date, to_date, from_value, to_value

),

-- who went away and came back has moved from a value to the same one
cells as (

    select
        tag_code,
        from_date,
        to_date,
        from_value,
        to_value,
        sum(customers) as customers
    from (
        select * from stayed
        union all
        select * from moved
    ) as counted
    group by tag_code, from_date, to_date, from_value, to_value

),

tag_migrations as (

    select
        tag_code,
        from_value,
        to_value,
        {{ days_between("from_date", "to_date") }} as days_between,
        customers,
        customers / cast(
            sum(customers) over (partition by tag_code, from_date, to_date, from_value) as double
        ) as share_of_from,
        from_date,
        to_date
    from cells

)

select
    cast(tag_code as string) as tag_code,
    cast(from_value as string) as from_value,
    cast(to_value as string) as to_value,
    cast(days_between as integer) as days_between,
    cast(customers as bigint) as customers,
    cast(share_of_from as double) as share_of_from,
    cast(from_date as date) as from_date,
    cast(to_date as date) as to_date
from tag_migrations
