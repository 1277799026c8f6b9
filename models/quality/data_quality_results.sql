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
    cast(checkpoint as string) as checkpoint,
    cast(suite as string) as suite,
    cast(expectation as string) as expectation,
    cast(column_name as string) as column_name,
    cast(rule as string) as rule,
    cast(severity as string) as severity,
    cast(status as string) as status,
    cast(observed_value as string) as observed_value,
    cast(evaluated_rows as bigint) as evaluated_rows,
    cast(unexpected_count as bigint) as unexpected_count,
    cast(unexpected_percent as double) as unexpected_percent,
    cast(is_success as boolean) as is_success,
    cast(as_of_date as date) as as_of_date
from data_quality_results
