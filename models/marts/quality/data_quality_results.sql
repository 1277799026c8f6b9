with

raw_in as (

    select * from {{ ref("gx_raw_in") }}

),

marts_out as (

    select * from {{ ref("gx_marts_out") }}

),

as_of as (

    select as_of_date from {{ ref("int_behaviour__as_of") }}

),

checkpoints as (

    select * from raw_in
    union all
    select * from marts_out

),

data_quality_results as (

    select
        checkpoints.*,
        as_of.as_of_date
    from checkpoints
    cross join as_of

)

select
    cast(checkpoint as varchar) as checkpoint,
    cast(suite as varchar) as suite,
    cast(expectation as varchar) as expectation,
    cast(column_name as varchar) as column_name,
    cast(rule as varchar) as rule,
    cast(severity as varchar) as severity,
    cast(status as varchar) as status,
    cast(observed_value as varchar) as observed_value,
    cast(evaluated_rows as bigint) as evaluated_rows,
    cast(unexpected_count as bigint) as unexpected_count,
    cast(unexpected_percent as double) as unexpected_percent,
    cast(is_success as boolean) as is_success,
    cast(as_of_date as date) as as_of_date
from data_quality_results
