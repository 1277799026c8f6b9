{#- The last business day with an order or a web event, unless var as_of says otherwise. -#}
{%- set as_of = var("as_of") | string -%}
-- a broken feed stops here, before behaviour, tags and marts
-- depends_on: {{ ref("gx_raw_in") }}

with

orders as (

    select ordered_at as occurred_at from {{ ref("input_orders") }}

),

events as (

    select occurred_at from {{ ref("input_events") }}

),

latest as (

    select max(occurred_at) as occurred_at
    from (
        select max(occurred_at) as occurred_at from orders
        union all
        select max(occurred_at) as occurred_at from events
    ) as sources

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
