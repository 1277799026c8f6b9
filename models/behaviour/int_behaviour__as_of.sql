{#- The last business day with an order or a web event, unless var as_of says otherwise. -#}
{%- set as_of = var("as_of") | string -%}
{%- set gap_days = var("as_of_gap_days") -%}
-- a broken feed stops here, before behaviour, tags and marts
-- depends_on: {{ ref("gx_raw_in") }}

with

-- orders and visits where there are any, else what else is known of people
moments as (

    select 1 as choice, ordered_at as occurred_at from {{ ref("input_orders") }}
    union all
    select 1 as choice, occurred_at from {{ ref("input_events") }}
    union all
    select 2 as choice, greatest(registered_at, updated_at) as occurred_at
    from {{ ref("input_people") }}
    union all
    select 2 as choice, sent_at as occurred_at from {{ ref("input_touches") }}
    union all
    select 2 as choice, opened_at as occurred_at from {{ ref("input_tickets") }}

),

days as (

    select
        choice,
        cast(occurred_at as date) as occurred_date,
        count(*) as row_count,
        max(occurred_at) as occurred_at
    from moments
    where occurred_at is not null
    group by choice, cast(occurred_at as date)

),

spaced as (

    select
        *,
        lag(occurred_date) over (partition by choice order by occurred_date) as previous_date
    from days
    where choice = (select min(days_of_any.choice) from days as days_of_any)

),

-- days without a long gap between them; a row that stands alone after one is taken for a mistake
stretches as (

    select
        stretch_number,
        sum(row_count) as row_count,
        max(occurred_at) as occurred_at
    from (
        select
            row_count,
            occurred_at,
            sum(
                case
                    when {{ days_between("previous_date", "occurred_date") }} > {{ gap_days }}
                        then 1
                    else 0
                end
            ) over (order by occurred_date) as stretch_number
        from spaced
    ) as numbered
    group by stretch_number

),

latest as (

    select
        coalesce(max(case when row_count > 1 then occurred_at end), max(occurred_at))
            as occurred_at
    from stretches

),

chosen as (

    select
        {% if as_of -%}
        cast('{{ as_of }}' as timestamp) as business_time,
        {%- else -%}
            cast({{ business_date("occurred_at") }} as timestamp) as business_time,
        {%- endif %}
        {{ "true" if " " in as_of else "false" }} as has_time_of_day
    from latest

),

bounded as (

    select
        has_time_of_day,
        cast(business_time as date) as as_of_date,
        -- a plain day counts to its last instant
        case
            when has_time_of_day then {{ from_business_time("business_time") }}
            else {{ from_business_time(
                "cast(" ~ add_days("business_time", 1) ~ " as timestamp)"
            ) }} - interval 1 microsecond
        end as as_of_at
    from chosen

)

select
    cast(has_time_of_day as boolean) as has_time_of_day,
    cast(as_of_date as date) as as_of_date,
    cast(as_of_at as timestamp) as as_of_at
from bounded
