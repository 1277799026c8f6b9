{%- set groups = 10 -%}
with

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

distributions as (

    select *
    from {{ ref("int_history__tag_distributions") }}
    where
        as_of_date <= (
            select {{ add_days("as_of_date", -var("tag_psi_days")) }} from as_of
        )

),

value_counts as (

    select *
    from {{ ref("int_history__tag_value_counts") }}
    where as_of_date = (select as_of_date from as_of)

),

customers as (

    select count(*) as customers from {{ ref("customers") }}

),

-- the last date far enough back, and of its builds the last
reference_dates as (

    select
        tag_code,
        max(as_of_date) as reference_date
    from distributions
    group by tag_code

),

reference_builds as (

    select
        distributions.tag_code,
        reference_dates.reference_date,
        max(distributions.build_number) as build_number
    from distributions
    inner join reference_dates
        on
            distributions.tag_code = reference_dates.tag_code
            and distributions.as_of_date = reference_dates.reference_date
    group by distributions.tag_code, reference_dates.reference_date

),

reference_bins as (

    select
        distributions.tag_code,
        distributions.bin_kind,
        distributions.bin_value,
        distributions.bin_position,
        distributions.customers
    from distributions
    inner join reference_builds
        on
            distributions.tag_code = reference_builds.tag_code
            and distributions.as_of_date = reference_builds.reference_date
            and distributions.build_number = reference_builds.build_number

),

-- a bin belongs to the tenth of the reference in which its middle customer stands
tenths as (

    select
        tag_code,
        bin_position,
        floor(
            {{ groups }} * (
                sum(customers) over (
                    partition by tag_code order by bin_position
                    rows between unbounded preceding and current row
                ) - customers / 2.0
            ) / sum(customers) over (partition by tag_code)
        ) as tenth
    from reference_bins
    where bin_kind = 'range' and customers > 0

),

ranges as (

    select
        tag_code,
        tenth,
        row_number() over (partition by tag_code order by tenth) as range_number,
        min(bin_position) as first_position
    from tenths
    group by tag_code, tenth

),

-- the first and the last range are open, so that every value has its place
bounded_ranges as (

    select
        tag_code,
        range_number,
        case when range_number = 1 then -1000 else first_position end as from_position,
        lead(first_position, 1, 1000) over (
            partition by tag_code order by range_number
        ) as below_position
    from ranges

),

reference_texts as (

    select
        tag_code,
        bin_value
    from reference_bins
    where bin_kind = 'value'

),

with_value as (

    select
        tag_code,
        sum(customers) as customers
    from value_counts
    group by tag_code

),

current_bins as (

    select
        value_counts.tag_code,
        case
            when value_counts.bin_position is not null then 'range'
            when value_counts.value_type = 'text' and reference_texts.tag_code is null then 'rest'
            else 'value'
        end as bin_kind,
        case
            when value_counts.bin_position is not null then null
            when value_counts.value_type = 'text' and reference_texts.tag_code is null then null
            else value_counts.tag_value
        end as bin_value,
        value_counts.bin_position,
        value_counts.customers
    from value_counts
    left join reference_texts
        on
            value_counts.tag_code = reference_texts.tag_code
            and value_counts.tag_value = reference_texts.bin_value
    union all
    select
        reference_dates.tag_code,
        'none' as bin_kind,
        cast(null as string) as bin_value,
        cast(null as integer) as bin_position,
        greatest(customers.customers - coalesce(with_value.customers, 0), 0) as customers
    from reference_dates
    cross join customers
    left join with_value on reference_dates.tag_code = with_value.tag_code

),

both_dates as (

    select
        tag_code, bin_kind, bin_value, bin_position,
        customers as reference_customers, 0 as current_customers
    from reference_bins
    union all
    select
        tag_code, bin_kind, bin_value, bin_position,
        0 as reference_customers, customers as current_customers
    from current_bins

),

grouped as (

    select
        both_dates.tag_code,
        both_dates.bin_kind as group_kind,
        both_dates.bin_value as group_value,
        bounded_ranges.range_number,
        sum(both_dates.reference_customers) as reference_customers,
        sum(both_dates.current_customers) as current_customers
    from both_dates
    left join bounded_ranges
        on
            both_dates.tag_code = bounded_ranges.tag_code
            and both_dates.bin_position >= bounded_ranges.from_position
            and both_dates.bin_position < bounded_ranges.below_position
    group by
        both_dates.tag_code, both_dates.bin_kind, both_dates.bin_value,
        bounded_ranges.range_number

)

select
    cast(grouped.tag_code as string) as tag_code,
    cast(grouped.group_kind as string) as group_kind,
    cast(grouped.group_value as string) as group_value,
    cast(grouped.range_number as integer) as range_number,
    cast(grouped.reference_customers as bigint) as reference_customers,
    cast(grouped.current_customers as bigint) as current_customers,
    cast(reference_dates.reference_date as date) as reference_date
from grouped
inner join reference_dates on grouped.tag_code = reference_dates.tag_code
where grouped.reference_customers > 0 or grouped.current_customers > 0
