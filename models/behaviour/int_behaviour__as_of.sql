{#-
    The last business day of the data, unless var as_of says otherwise; of data that name no time,
    such as products alone, the day of the build.
-#}
{{- config(post_hook="{{ name_sources_apart() }}") -}}
{%- set as_of = var("as_of") | string -%}
{%- set gap_days = var("as_of_gap_days") -%}
with

-- orders where there are any, else visits, else what else is known of people; a single one of a
-- kind counts only where no kind has more
days as (

    select
        choice,
        occurred_date,
        sum(row_count) as row_count,
        max(newest_at) as occurred_at
    from (
        select
            occurred_date,
            row_count,
            newest_at,
            case kind
                when 'orders' then 1
                when 'events' then {{ 2 if var("as_of_follows") == "orders" else 1 }}
                else 3
            end as choice
        from {{ ref("int_behaviour__source_days") }}
    ) as chosen_days
    group by choice, occurred_date

),

spaced as (

    select
        *,
        lag(occurred_date) over (partition by choice order by occurred_date) as previous_date
    from days
    where
        choice = (
            select
                coalesce(
                    min(case when choices.row_count > 1 then choices.choice end),
                    min(choices.choice)
                )
            from (
                select
                    choice,
                    sum(row_count) as row_count
                from days
                group by choice
            ) as choices
        )

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
            cast({{ business_date("coalesce(occurred_at, " ~ clock() ~ ")") }} as timestamp)
                as business_time,
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
